# sourced: sets $tools, a copy of the load generator in $XB_SCRATCH with what is measured differently here. Needs HERE, TOOLS, XB_SCRATCH.
tools=$XB_SCRATCH/tools
if [ ! -d "$tools" ]; then cp -r "$TOOLS" "$tools"; chmod -R u+w "$tools"; "$HERE/ack-times.py" "$tools/xmppload.c"; fi # and the times of acknowledgements
# Memory is read 30 s after the last login, when servers that collect once it is quiet have done so; and with TLS, too.
sed -i '/ idle --count /s/--warm [0-9]* --secs [0-9]*/--warm 5 --secs 25/' "$tools/measure.sh"
grep -q '^  idle5k_tls)' "$tools/measure.sh" || sed -i '/^  idle5k)/{p;s/idle5k)/idle5k_tls)/;s/ ;;/ --tls starttls ;;/}' "$tools/measure.sh"
