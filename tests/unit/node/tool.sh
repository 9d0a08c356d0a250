#!/bin/sh
# Stand in for awg, ip, nft and iptables-nft-save, by the name it is called with: answer from files beside it, and note every call.
here=${0%/*} name=${0##*/}
printf '%s %s\n' "$name" "$*" >>"$here/calls"
env >"$here/environment"
case "$name $1" in
"ip -d") file=address ;;
"ip -j") file=$2 ;; # netconf, route
"nft -j") file=ruleset; if [ "$2" = list ]; then file=table; fi ;;
"iptables-nft-save "*) file=iptables ;;
"ip6tables-nft-save "*) file=ip6tables ;;
"awg show") file=dump ;;
"awg --version") file=version ;;
"awg addconf" | "wg addconf") cat >>"$here/stdin" && file=addconf ;;
"awg set") file=set ;;
esac
if [ -e "$here/$file.sh" ]; then . "$here/$file.sh"; fi # trouble that a test wants
if [ -e "$here/$file" ]; then cat "$here/$file"; fi
