#!/bin/sh
# Stand in for awg, ip, nft, tc and iptables-nft-save, by the name it is called with: answer from files beside it, and note every call.
here=${0%/*} name=${0##*/}
printf '%s %s\n' "$name" "$*" >>"$here/calls"
env >"$here/environment"
file=nothing
case "$name $1" in
"ip -d") if [ "$3" = link ]; then file=links; else file=address; fi ;;
"ip -j") file=$2 ;; # netconf, route
"nft -j") file=ruleset; if [ "$2" = list ]; then file=table; fi ;;
"iptables-nft-save "*) file=iptables ;;
"ip6tables-nft-save "*) file=ip6tables ;;
"awg show") file=dump ;;
"awg --version") file=version ;;
"awg addconf" | "wg addconf") cat >>"$here/stdin" && file=addconf ;;
"nft -f") cat >>"$here/loaded" && file=load ;;
"tc -batch") cat >>"$here/batch" && file=batched ;;
"tc -j") file=qdiscs ;;
"tc class") file=classes ;;
"nft -s" | "nft list") file=table ;;
"tc qdisc") file=qdisc ;;
"ip link") file=link ;;
"awg set") file=set ;;
esac
if [ -e "$here/$file.sh" ]; then . "$here/$file.sh"; fi # trouble that a test wants
if [ -e "$here/$file" ]; then cat "$here/$file"; fi
