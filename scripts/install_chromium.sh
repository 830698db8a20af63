#!/usr/bin/env bash
# The browser that the page's tests drive, with Chinese and emoji fonts: Debian's packages, installed where they are missing.
# Needs root, or sudo that asks nothing.
set -euo pipefail
packages=(chromium fonts-noto-cjk fonts-noto-color-emoji)

if [ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null; then
  exit 0
fi

give_up() {
  [ -s "$log" ] && tail -n 5 "$log" >&2
  echo "测试要用 Chromium 浏览器,这里没有,也没能自动安装:$1。" >&2
  echo "请管理员运行 apt-get install ${packages[*]},或用 CHROMIUM=<路径> 指明已有的浏览器,再运行一次。" >&2
  exit 1
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT
command -v apt-get >/dev/null || give_up "没有 apt-get"
if [ "$(id -u)" -eq 0 ]; then
  as_root=()
elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
  as_root=(sudo -n)
else
  give_up "不是 root,sudo 又要密码"
fi

echo "安装 Chromium 和字体(只在第一次)…"
"${as_root[@]}" apt-get update >"$log" 2>&1 || give_up "apt-get update 失败"
"${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends "${packages[@]}" >"$log" 2>&1 \
  || give_up "apt-get install 失败"
command -v chromium >/dev/null || give_up "装好了却找不到 chromium"
