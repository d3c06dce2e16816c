#!/bin/sh
# Each header below DIR compiles alone.
#
#   headers.sh DIR COMPILER [FLAG...]
set -eu

dir=$1
shift
failed=0
for header in $(cd "$dir" && find . -name '*.h' | sort); do
    if ! echo "#include \"$dir/$header\"" | "$@" -Wall -Werror -fsyntax-only -x c -; then
        echo "$header does not compile alone"
        failed=1
    fi
done
exit $failed
