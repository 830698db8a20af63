"""Is there a font with Chinese characters? Without one, pictures would lose their text silently."""

from pathlib import Path

FOLDERS = ("/usr/share/fonts", "/usr/local/share/fonts", str(Path.home() / ".fonts"))
KNOWN = ("notosanscjk", "notoserifcjk", "wqy", "sourcehansans", "sourcehanserif", "notosanssc", "lxgw")


def check() -> str:
    """What to do in Chinese, or an empty string if a Chinese font is installed."""
    for folder in FOLDERS:
        for path in Path(folder).rglob("*.[to]t[cf]"):
            if path.name.lower().replace("-", "").startswith(KNOWN):
                return ""
    return "没有中文字体,卡片图会改发文字。Debian 上请安装 fonts-noto-cjk。"
