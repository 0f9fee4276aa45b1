#!/bin/sh
# See to it that the browser journeys have a browser: the system's Chromium with a Chinese font.
for name in "${CHROMIUM:-chromium}" chromium chromium-browser google-chrome; do
    if command -v "$name" >/dev/null 2>&1; then
        exit 0
    fi
done
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
    echo "正在安装浏览器测试所需的 chromium 和中文字体……"
    if (apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends \
        chromium fonts-noto-cjk) >/dev/null 2>&1; then
        exit 0
    fi
fi
echo "没有浏览器：浏览器测试将跳过。要运行它们，请安装 chromium 和 fonts-noto-cjk（Debian/Ubuntu：sudo apt install chromium fonts-noto-cjk）" >&2
