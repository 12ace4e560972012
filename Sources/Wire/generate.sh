#!/bin/sh
# Makes the Swift messages anew from the .proto files beside this script. Needs protoc and
# protoc-gen-swift of the swift-protobuf version that Package.swift names, both on the PATH.
set -eu
cd "$(dirname "$0")"
protoc --swift_out=. --swift_opt=Visibility=Package --swift_opt=UseAccessLevelOnImports=true *.proto
