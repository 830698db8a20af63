#!/usr/bin/env bash
# The browser that the page's tests drive, with Chinese and emoji fonts and a library that Playwright wants: Debian's
# packages. As root, or with a sudo that asks nothing, they are installed; anybody else gets them unpacked in
# <venv>/chromium, called by <venv>/bin/chromium.
set -euo pipefail
venv=$1
packages=(chromium fonts-noto-cjk fonts-noto-color-emoji libatomic1)

if [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then
  "$venv/bin/python" -m playwright --version >/dev/null 2>&1 && exit 0
fi

log=$(mktemp)
trap 'rm -f "$log"' EXIT
give_up() {
  tail -n 5 "$log" >&2
  echo "测试要用 Chromium 浏览器,这里没有,也没能自动安装:$1。" >&2
  echo "请管理员运行 apt-get install ${packages[*]},或用 CHROMIUM=<路径> 指明已有的浏览器,再运行一次。" >&2
  exit 1
}
quietly() { "$@" >"$log" 2>&1; }

command -v apt-get >/dev/null || give_up "没有 apt-get"
echo "准备 Chromium 和字体(只在第一次)…"

if [ "$(id -u)" -eq 0 ] || sudo -n true 2>/dev/null; then
  as_root=()
  [ "$(id -u)" -eq 0 ] || as_root=(sudo -n)
  quietly "${as_root[@]}" apt-get update || give_up "apt-get update 失败"
  quietly "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive \
    apt-get install --yes --no-install-recommends "${packages[@]}" || give_up "apt-get install 失败"
  exit 0
fi

folder=$PWD/$venv/chromium
rm -rf "$folder"
quietly "$(dirname "$0")/unpack_debian.sh" "$folder/root" "${packages[@]}" || give_up "不是 root,软件包也取不到"

cat >"$folder/fonts.conf" <<XML
<?xml version="1.0"?>
<fontconfig><dir>$folder/root/usr/share/fonts</dir><dir>/usr/share/fonts</dir><cachedir>$folder/fonts</cachedir></fontconfig>
XML
libraries=$(find "$folder/root" -name 'lib*.so*' -printf '%h\n' | sort -u | paste -sd:)
mkdir "$folder/lib"
find "$folder/root" -name 'libatomic.so*' -exec cp -P {} "$folder/lib" \;
cat >"$venv/bin/chromium" <<SH
#!/bin/sh
export LD_LIBRARY_PATH='$libraries' FONTCONFIG_FILE='$folder/fonts.conf'
exec '$folder/root/usr/lib/chromium/chromium' "\$@"
SH
chmod +x "$venv/bin/chromium"
quietly "$venv/bin/chromium" --version || give_up "不是 root,解开的浏览器启动不了"
