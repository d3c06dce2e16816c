#!/bin/sh
# The conformance program judges as it says: what has no row fails, and so does a row without its
# difference. TAP.
#
# usage: test_judge.sh CONFORMANCE SOURCE-ROOT
set -u
regnap=$(realpath "$1")
cd "$2" || exit 2
root=$(pwd)
. tests/tools/tap.sh
vectors=$root/tests/vectors
document=$root/docs/conformance.md
cd "$dir" || exit 2

complains() { grep -qF -e "$1" "$out" "$err"; }

run "$vectors" "$document"
check 'all vectors agree, or differ as explained' exits 0

edit "$document" '| smmu-gerror-ro | 5 | 0xffffffff | 0x105 |
' '' gone.md
run "$vectors" gone.md
check 'a difference without a row fails, and is told as one' all 'exits 1' \
    'complains "| smmu-gerror-ro | 5 | 0xffffffff | 0x105 |"'

edit "$document" '| smmu-gerror-ro | 5 | 0xffffffff | 0x105 |' \
    '| smmu-gerror-ro | 5 | 0xffffffff | 0x104 |' other.md
run "$vectors" other.md
check 'a row with another answer explains nothing' all 'exits 1' \
    'complains "1 differences without a row, 1 rows without a difference"'

edit "$document" '| smmu-gerror-ro | 5 |' '| smmu-gerror-ro | 3 | 0x0 | 0x1 |
| smmu-gerror-ro | 5 |' more.md
run "$vectors" more.md
check 'a row without its difference fails' all 'exits 1' 'complains "and no longer so"'

edit "$document" '| smmu-gerror-ro | 5 |' '| no-such-vector | 3 | 0x0 | 0x1 |
| smmu-gerror-ro | 5 |' lost.md
run "$vectors" lost.md
check 'a row of no vector fails' all 'exits 1' 'complains "no vector is called no-such-vector"'

edit "$document" '| smmu-gerror-ro | 5 |' '| smmu-gerror-ro | 5 | 0xffffffff | 0x105 |
| smmu-gerror-ro | 5 |' twice.md
run "$vectors" twice.md
check 'a row that stands twice is refused' all 'exits 2' 'complains "the same row twice"'

edit "$document" '| smmu-gerror-ro | 5 | 0xffffffff | 0x105 |' '| smmu-gerror-ro | 5 | 0x105 |' short.md
run "$vectors" short.md
check 'a row with too few cells is refused' all 'exits 2' 'complains "a row with 3 cells, expected 4"'

edit "$document" ' [7.4]' '' nowhere.md
run "$vectors" nowhere.md
check 'a row below a heading without section is refused' all 'exits 2' \
    'complains "no section stands in the heading above"'

mkdir some
run some "$document"
check 'a folder without vectors is refused' all 'exits 2' 'complains "no vectors there"'
echo '{"schema": "none"}' >some/one.json
run some "$document"
check 'a file of an unknown form is refused' all 'exits 2' "complains \"schema 'none'\""
echo '{]' >some/one.json
run some "$document"
check 'a file that is no JSON is refused with its line' all 'exits 2' 'complains "some/one.json:1: "'

cat >some/one.json <<'JSON'
{"schema": "qemu-sequences-1", "bases": {"smmu": "0x9050000"},
 "machines": {"smmu": ["-m", "1024"]}, "sequences": [
 {"name": "one", "machine": "smmu", "steps": [{"op": "fly"}]},
 {"name": "two", "machine": "toaster", "steps": []}]}
JSON
printf '# [1]\n' >empty.md
run some empty.md
check 'a step or a machine that is not known fails' all 'exits 1' 'complains "vector one: fly"' \
    "complains \"no machine of ours stands for 'toaster'\""

echo "1..$n"
