# Finds what a build needs from the system, and installs what is missing. To be sourced by the
# scripts of this repository:
#
#     . "$root/Network/ensure-packages.sh"
#     ensure_swift       # puts a Swift toolchain of 6.2 or later on the PATH
#     ensure_packages    # libsodium, SQLite, libqrencode and pkg-config, through apt where it may
#
# Both leave with status 1, and with what to do, when they cannot.

# The oldest toolchain that Package.swift accepts.
minimum_swift=6.2

# True when $1 is a swift that runs and is new enough.
swift_will_do() {
    local version
    [ -x "$1" ] || return 1
    version=$("$1" --version 2>/dev/null | sed -n 's/.*Swift version \([0-9][0-9.]*\).*/\1/p') ||
        return 1
    version=${version%%$'\n'*}
    [ -n "$version" ] || return 1
    [ "$(printf '%s\n' "$minimum_swift" "$version" | sort -V | head -n 1)" = "$minimum_swift" ]
}

# Puts a toolchain on the PATH: the one that is there, or one from where installers leave them.
ensure_swift() {
    local found directory
    found=$(command -v swift || true)
    if [ -n "$found" ] && swift_will_do "$found"; then return 0; fi
    for directory in /opt/swift/usr/bin "${HOME:-}/.local/share/swiftly/bin" \
        /usr/libexec/swift*/bin /usr/libexec/swift*/usr/bin /usr/libexec/swift*/*/bin; do
        if swift_will_do "$directory/swift"; then
            export PATH="$directory:$PATH"
            return 0
        fi
    done
    {
        if [ -n "$found" ]; then
            echo "$found is older than Swift $minimum_swift, or does not run."
        else
            echo "There is no swift on the PATH."
        fi
        echo "Install Swift $minimum_swift or later from https://www.swift.org/install, then start again."
    } >&2
    exit 1
}

# Prints the Debian names of the packages that are missing, one a line.
missing_packages() {
    local pkg=pkg-config
    command -v pkg-config >/dev/null 2>&1 || pkg=
    [ -n "$pkg" ] || echo pkg-config
    if [ -z "$pkg" ] || ! pkg-config --exists libsodium; then echo libsodium-dev; fi
    if [ -z "$pkg" ] || ! pkg-config --exists sqlite3; then echo libsqlite3-dev; fi
    if [ -z "$pkg" ] || ! pkg-config --exists libqrencode; then echo libqrencode-dev; fi
}

# Installs what is missing where it may, else says what to install.
ensure_packages() {
    local missing sudo=
    missing=$(missing_packages | tr '\n' ' ')
    [ -n "$missing" ] || return 0
    echo "Missing system packages: $missing"
    if command -v apt-get >/dev/null 2>&1; then
        if [ "$(id -u)" -ne 0 ]; then
            if command -v sudo >/dev/null 2>&1 && sudo -n true 2>/dev/null; then
                sudo="sudo -n"
            else
                echo "Install them, then start again: sudo apt-get install $missing" >&2
                exit 1
            fi
        fi
        # Unquoted on purpose: words, none of which has a space.
        # A stale index of one archive need not be in the way, so a failed update is no failure yet.
        $sudo apt-get update -q || true
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 \
            install -q -y --no-install-recommends $missing || true
        missing=$(missing_packages | tr '\n' ' ')
        [ -n "$missing" ] || return 0
        echo "apt-get could not install them. Install them, then start again: $missing" >&2
        exit 1
    fi
    {
        echo "Install them, then start again:"
        echo "  Debian, Ubuntu   sudo apt-get install $missing"
        echo "  Fedora, RHEL     sudo dnf install pkgconf-pkg-config libsodium-devel sqlite-devel \\"
        echo "                   qrencode-devel"
        echo "  macOS            brew install pkg-config libsodium sqlite qrencode"
    } >&2
    exit 1
}
