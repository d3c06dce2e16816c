#!/bin/sh
# Which rules judge: --rules and --no-rule. TAP.
#
# usage: test_rules.sh REGNAP SOURCE-ROOT
set -u
regnap=$(realpath "$1")
cd "$2" || exit 2
. tests/tools/tap.sh
cd "$dir" || exit 2

refuses '--rules needs a list' 'expected a list of rules' run ipmmu-resume --rules ''
for list in 'no-such-rule' 'dma-isolation,' ',dma-isolation' 'dma-isolation,,dma-freshness'; do
    refuses "--rules '$list' is refused" 'expected a rule of `regnap list rules`' run \
        ipmmu-resume --rules "$list"
done
refuses 'a rule that is cut short is refused, with the nearest' "did you mean 'dma-isolation'" \
    run ipmmu-resume --rules dma-isolatio
refuses '--rules takes each once' 'found dma-freshness twice' run ipmmu-resume \
    --rules dma-freshness,dma-freshness
refuses '--rules is given once' '--rules: found it twice, expected it once' run ipmmu-resume --rules dma-freshness \
    --rules dma-isolation
refuses '--no-rule knows its rules' "did you mean 'silent-failure'" run ipmmu-resume \
    --no-rule silent-failures
refuses 'one rule must be left' 'leave no rule' run ipmmu-resume --rules dma-isolation \
    --no-rule dma-isolation

# Each rule of the list can be named both ways.
run list rules
grep '^  [a-z]' "$out" | awk '{print $1}' >"$dir/ids"
check 'there are rules to select' [ "$(wc -l <"$dir/ids")" -gt 15 ]
while read -r id; do
    run run ipmmu-resume --rules "$id" --json
    check "--rules $id" all 'exits 0' "json 'len(o[0][\"rules_off\"]) == \
        $(wc -l <"$dir/ids") - 1 and \"$id\" not in o[0][\"rules_off\"]'"
done <"$dir/ids"

chain=ipmmu-root-before-utlb,ipmmu-cache-context-before-utlb,ipmmu-controls-before-utlb
run run ipmmu-resume --variant v9 --json
check 'all rules judge, and nothing is said of it' all 'exits 1' \
    'json "\"rules_off\" not in o[0]"'
run run ipmmu-resume --variant v9 --rules ipmmu-cache-context-before-utlb --json
check 'only the rule that is named judges' all 'exits 1' silent 'json "
    {v[\"rule\"] for v in o[0][\"violations\"]} == {\"ipmmu-cache-context-before-utlb\"}"'
run run ipmmu-resume --variant v9 --no-rule ipmmu-cache-context-before-utlb --json
check 'all rules judge but the one that is named' all 'exits 1' 'json "
    {v[\"rule\"] for v in o[0][\"violations\"]} ==
    {\"ipmmu-root-before-utlb\", \"ipmmu-controls-before-utlb\"} and
    o[0][\"rules_off\"] == [\"ipmmu-cache-context-before-utlb\"]"'
check 'obligations stay' json 'len(o[0]["obligations"]) > 0'
run run ipmmu-resume --variant v9 --rules $chain --no-rule ipmmu-cache-context-before-utlb --json
check 'both together: of the list, but not that' json '
    {v["rule"] for v in o[0]["violations"]} ==
    {"ipmmu-root-before-utlb", "ipmmu-controls-before-utlb"}'
run run ipmmu-resume --variant v9 --rules dma-isolation,dma-freshness
check 'text: a clean run of few rules tells which' all 'exits 0' \
    'says "v9: clean for some of the rules"' \
    'says "only these rules judge: dma-isolation, dma-freshness"'
run run ipmmu-resume --no-rule dma-isolation
check 'text: what is off is told where that is shorter' says 'rules off: dma-isolation'
run run ipmmu-resume --variant two-pass --policy lazy --rules ipmmu-root-before-utlb --json
check 'a rule that is off leaves no notes' json 'o[0]["notes"] == []'

run explore ipmmu-resume --variant v9 --vary order --rules dma-isolation --require-proof
check 'a proof of few rules says so' all 'exits 0' \
    'says "v9: proved for some of the rules, no violation in all 20922789888000 orders"' \
    'says "only these rules judge: dma-isolation"'
run explore ipmmu-resume --variant v9 --vary order --rules dma-isolation --json
check 'so does its summary' json 'o[0]["verdict"] == "proved" and len(o[0]["rules_off"]) > 10'

run run ipmmu-resume --variant v9 --no-rule ipmmu-controls-before-utlb --out "$dir/few"
few=$(ls "$dir"/few/*.json)
check 'a counterexample knows the rules that were off' all 'exits 1' \
    'grep -q "\"rules_off\": \[" "$few"' 'grep -q "^    \"ipmmu-controls-before-utlb\"" "$few"'
run replay "$few" --json
check 'a replay leaves them off' all 'exits 1' silent 'json "
    o[0][\"rules_off\"] == [\"ipmmu-controls-before-utlb\"] and
    o[0][\"replay_result\"] == \"same\""'
run replay "$few"
check 'and tells it' says 'rules off: ipmmu-controls-before-utlb'
run replay "$few" --no-rule ipmmu-cache-context-before-utlb --json
check 'a replay may turn more off' json 'len(o[0]["rules_off"]) == 2 and
    {v["rule"] for v in o[0]["violations"]} == {"ipmmu-root-before-utlb"}'
refuses 'but not the rule of the verdict' 'turned off, expected it to judge' replay "$few" \
    --no-rule ipmmu-root-before-utlb
edit "$few" '"ipmmu-controls-before-utlb"' '"no-such-rule"' "$dir/bad.json"
refuses 'replay: an unknown rule that is off is refused' \
    "rules_off[0]: found 'no-such-rule', expected a rule" replay "$dir/bad.json"

echo "1..$n"
