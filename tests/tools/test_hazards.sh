#!/bin/sh
# The command `regnap hazards`. That all of the catalogue is caught is tests/hazard/catalogue.py. TAP.
#
# usage: test_hazards.sh REGNAP SOURCE-ROOT
set -u
regnap=$(realpath "$1")
cd "$2" || exit 2
. tests/tools/tap.sh

# --- what there is ---

run hazards
check 'hazards lists the catalogue' all 'exits 0' silent 'says ipmmu-cache-before-root' \
    '[ "$(grep -c "^[a-z]" "$out")" -eq "$(ls hazards/*.yaml | wc -l)" ]' \
    '[ "$(awk "length > 100" "$out" | wc -l)" -eq 0 ]'
run hazards ipmmu-flush-without-sync system-error-lost
check 'hazards ID shows entries in full' all 'exits 0' silent \
    'says "caught by ipmmu-flush-before-utlb; may break too: dma-freshness"' \
    'says "buggy no-sync, fixed recommended, varied: latency, retain"' 'says "faults: 1"'
run hazards --json
check 'the catalogue comes as JSON' all 'exits 0' silent \
    "json 'all(x[\"type\"] == \"catalogue\" and x[\"title\"] for x in o)'"
run hazards ipmmu-backup-alloc-fails-late --json
check 'and says how each runs' all 'exits 0' silent \
    "json '(o[0][\"vary\"], o[0][\"faults\"], o[0][\"budget\"], o[0][\"masters\"], o[0][\"policy\"], o[0][\"profile\"], o[0][\"set\"], o[0][\"switches\"]) == ([\"fail\"], 1, 2000, \"held\", \"eager\", \"zero\", {}, {})'"
run hazards --run --json ipmmu-backup-alloc-fails-late ipmmu-backup-alloc-fails-late
check 'one that is named twice runs once' all 'exits 0' 'lines 2' "json 'o[1][\"total\"] == 1'"
refuses 'hazards has no --model' 'unknown option' hazards --model models/ipmmu.yaml
refuses 'and no --block' 'unknown option' hazards --block x.so
refuses 'an unknown hazard is refused' "unknown hazard 'nothing'" hazards nothing
refuses 'and so it is when it is to run' "unknown hazard 'nothing'" hazards --run nothing
refuses '--out needs --run' 'expected both' hazards --out "$dir/x"
refuses 'hazards has no --variant' 'unknown option' hazards --variant v9
run run ipmmu-resume --variant no-handlers
check 'a form of the catalogue runs in any scenario of its driver' all 'exits 1' \
    'says state-equivalence'

# --- running ---

run hazards --run ipmmu-cache-before-root
check 'a hazard that is named tells its story' all 'exits 0' silent \
    'says "caught      ipmmu-root-before-utlb            fixed clean in 2000 executions"' 'says IMUCTR[' \
    'says "the shortest story, 0 of"' \
    'says "1 hazard: 1 caught, 0 missed, 0 not covered; 0 false alarms"'
run hazards --run ipmmu-backup-alloc-fails-late --json --out "$dir/out"
check 'as JSON with its counterexample' all 'exits 0' silent 'lines 2' \
    "json 'list(o[0]) == \"type schema id block status rule also violated shown_in buggy seen_in fixed_variant fixed fixed_executions fixed_exhausted reason counterexample\".split()'" \
    "json 'o[0][\"status\"] == \"caught\" and o[0][\"fixed\"] == \"clean\" and o[0][\"fixed_exhausted\"] and o[0][\"shown_in\"] == \"api-undo\" and o[0][\"reason\"] is None'" \
    "json 'o[1][\"type\"] == \"summary\" and (o[1][\"total\"], o[1][\"caught\"], o[1][\"missed\"], o[1][\"not_covered\"], o[1][\"false_alarms\"]) == (1, 1, 0, 0, 0)'"
run replay "$dir"/out/*.json
check 'which replays' all 'exits 1' 'says api-undo'

run hazards --run ipmmu-root-only-register-forgotten
check 'a register that is restored to another value is told with both' all 'exits 0' silent \
    'says "IMTTUBR0[2] is 0x0 after resume and was 0x7 at suspend entry"'
run explore ipmmu-resume --variant no-imttubr --vary retain,reset --out "$dir/unwritten"
check 'a register that resume leaves alone is told as such, not as a number' all 'exits 1' \
    'says "IMTTUBR0[1] has not been written"'
run hazards --run ipmmu-sync-timeout-swallowed
check 'harm that another story shows is told with that story' all 'exits 0' silent \
    'says "fixed proved clean"' 'says "harm in the story of dma-freshness"' \
    'says "what it leads to, in another story:"' 'says "dma-freshness [O2]"'

# --- an entry of one's own ---

sed 's/^rule: .*/rule: dma-freshness/; s/^hazard: .*/hazard: mine/' \
    hazards/ipmmu-cache-before-root.yaml >"$dir/mine.yaml"
run hazards --run --hazard "$dir/mine.yaml"
check 'a rule that does not fire is missed' all 'exits 1' \
    'says "v9 violates dma-freshness in none of"' \
    'says "ipmmu-root-before-utlb is violated"' 'says "0 caught, 1 missed"'
sed 's/^fixed: .*/fixed: {variant: v9}/; s/^hazard: .*/hazard: mine/' \
    hazards/ipmmu-cache-before-root.yaml >"$dir/mine.yaml"
run hazards --run --hazard "$dir/mine.yaml" --json
check 'a repair that is none is a false alarm' all 'exits 1' \
    "json 'o[0][\"fixed\"] == \"violation\" and o[1][\"false_alarms\"] == 1'"
sed '/^rule:/d' hazards/ipmmu-cache-before-root.yaml >"$dir/mine.yaml"
refuses 'an entry without a rule is refused with file and line' \
    "mine.yaml:2: found no 'rule' in a hazard, expected this key" hazards --hazard "$dir/mine.yaml"
sed 's/^buggy: .*/buggy: {variant: v8}/' hazards/ipmmu-cache-before-root.yaml >"$dir/mine.yaml"
refuses 'and one of a variant that is none, though it is not to run' \
    "mine.yaml:20: driver ipmmu has no variant 'v8'" hazards --hazard "$dir/mine.yaml"
sed 's/^scenario: .*/scenario: nowhere/' hazards/ipmmu-cache-before-root.yaml >"$dir/mine.yaml"
refuses 'or of a scenario' "mine.yaml:19: " hazards --hazard "$dir/mine.yaml"
cat >"$dir/mine.yaml" <<'END'
hazard: mine
block: ipmmu
title: t
source: s
mechanism: m
trigger: t
consequence: c
expect: quiet
scenario: ipmmu-resume
fixed: {variant: recommended}
vary: []
END
run hazards --run --hazard "$dir/mine.yaml"
check 'controls are counted' all 'exits 0' 'says "0 false alarms; 1 control"'
refuses 'so is a file that is not there' 'none.yaml' hazards --hazard "$dir/none.yaml"

echo "1..$n"
