"""The law: who may use which command and button, on what kind of object, and the outcome."""

from __future__ import annotations

from dataclasses import dataclass

# What is done, and what comes of it for each role:
#   .      access is denied, in words that fit the role: nothing changes
#   show   it is answered: nothing changes
#   yes    allowed: rows change, only in the tables named at the end of the line, "role:table" for that role alone
#   else   the text that refuses it: nothing changes
# A verb without a line, or one about an object without a line for an own, a foreign, a missing and a decided one,
# fails the test: think before you open a door.
LAW = """\
done                                         stranger  captcha   pending   rejected  blocked   approved                  helper                    admin                     changes
/start                                       yes       yes       .         .         .         show                      show                      show                      users
/configs                                     .         .         .         .         .         show                      show                      show
/stats                                       .         .         .         .         .         show                      show                      show
/help                                        .         .         .         .         .         show                      show                      show
/language                                    .         yes       yes       yes       yes       yes                       yes                       yes                       users
/status                                      .         .         .         .         .         .                         .                         show
ways                                         .         .         .         .         .         .                         .                         show
usual_way:{known_way}                        .         .         .         .         .         .                         .                         yes                       preferences audit
usual_way:dns                                .         .         .         .         .         .                         .                         old_button
ports                                        .         .         .         .         .         .                         .                         show
confirm_usual_port:{second_port}             .         .         .         .         .         .                         .                         show
confirm_usual_port:444                       .         .         .         .         .         .                         .                         old_button
usual_port:{second_port}                     .         .         .         .         .         .                         .                         yes                       preferences audit server
usual_port:444                               .         .         .         .         .         .                         .                         old_button
/requests                                    .         .         .         .         .         .                         show                      show
/no_such_command                             .         .         .         .         .         unknown_command           unknown_command           unknown_command
text.nothing                                 .         .         yes       .         .         yes                       yes                       yes                       pending:users approved:tickets helper:tickets admin:users
text.doorstep                                .         .         yes       .         .         unknown_text              unknown_text              unknown_text              users
text.writing                                 .         .         .         .         .         yes                       yes                       unknown_text              users tickets
text.captcha                                 .         yes       yes       .         .         yes                       yes                       yes                       captcha:users pending:users approved:tickets helper:tickets admin:users

no_such_button                               .         .         .         .         .         old_button                old_button                old_button
menu:more                                    .         .         .         .         .         old_button                old_button                old_button
join:{offline_link}                          .         .         .         .         .         yes                       .                         .                         users invitations audit
join:bomb                                    .         .         .         .         .         old_button                .                         .
menu                                         .         .         .         .         .         show                      show                      show
leave                                        .         .         .         .         .         show                      show                      show
help                                         .         .         .         .         .         show                      show                      show
stats                                        .         .         .         .         .         show                      show                      show
configs                                      .         .         .         .         .         show                      show                      show
language                                     .         .         .         .         .         yes                       yes                       yes                       users
new                                          .         .         .         .         .         show                      show                      show
device:iphone                                 .         .         .         .         .         yes                       yes                       yes                       config_requests audit
device:bomb                                  .         .         .         .         .         old_button                old_button                old_button
panel                                        .         .         .         .         .         .                         show                      show
status                                       .         .         .         .         .         .                         .                         show
requests                                     .         .         .         .         .         .                         show                      show
backup                                       .         .         .         .         .         .                         .                         no_recipient
outdated                                     .         .         .         .         .         .                         .                         show

digit:{own_picture}:7                        .         yes       .         .         .         .                         .                         .                         users
digit:{foreign_picture}:7                    .         old_button .         .         .         .                         .                         .
digit:{missing_picture}:7                    .         old_button .         .         .         .                         .                         .
digit:{decided_picture}:7                    .         old_button .         .         .         .                         .                         .
erase:{own_picture}                          .         yes       .         .         .         .                         .                         .                         users
erase:{foreign_picture}                      .         old_button .         .         .         .                         .                         .
erase:{missing_picture}                      .         old_button .         .         .         .                         .                         .
erase:{decided_picture}                      .         old_button .         .         .         .                         .                         .
another:{own_picture}                        .         yes       .         .         .         .                         .                         .                         users
another:{foreign_picture}                    .         yes       .         .         .         .                         .                         .                         users
another:{missing_picture}                    .         yes       .         .         .         .                         .                         .                         users
another:{decided_picture}                    .         yes       .         .         .         .                         .                         .                         users

cancel:{own_request}                         .         .         .         .         .         yes                       yes                       yes                       config_requests audit
cancel:{foreign_request}                     .         .         .         .         .         gone                      gone                      gone
cancel:{missing_request}                     .         .         .         .         .         gone                      gone                      gone
cancel:{decided_request}                     .         .         .         .         .         request_already_rejected  request_already_rejected  request_already_rejected
asked:{own_request}                          .         .         .         .         .         show                      show                      show
asked:{foreign_request}                      .         .         .         .         .         gone                      gone                      gone
asked:{missing_request}                      .         .         .         .         .         gone                      gone                      gone
asked:{decided_request}                      .         .         .         .         .         request_already_rejected  request_already_rejected  request_already_rejected
asked_with:{own_request}:amneziavpn          .         .         .         .         .         yes                       yes                       yes                       users config_requests
asked_with:{foreign_request}:amneziavpn      .         .         .         .         .         gone                      gone                      gone
asked_with:{missing_request}:amneziavpn      .         .         .         .         .         gone                      gone                      gone
asked_with:{decided_request}:amneziavpn      .         .         .         .         .         request_already_rejected  request_already_rejected  request_already_rejected
asked_store:{own_request}                    .         .         .         .         .         show                      show                      show
asked_store:{foreign_request}                .         .         .         .         .         gone                      gone                      gone
asked_store:{missing_request}                .         .         .         .         .         gone                      gone                      gone
asked_store:{decided_request}                .         .         .         .         .         request_already_rejected  request_already_rejected  request_already_rejected
asked_with:{own_request}:telegram            .         .         .         .         .         old_button                old_button                old_button
asked_store:{router_request}                 .         .         .         .         .         old_button                old_button                old_button
config:{own_config}                          .         .         .         .         .         show                      show                      show
config:{foreign_config}                      .         .         .         .         .         gone                      gone                      gone
config:{missing_config}                      .         .         .         .         .         gone                      gone                      gone
config:{decided_config}                      .         .         .         .         .         gone                      gone                      gone
qr:{own_config}                              .         .         .         .         .         show                      show                      show
qr:{unmade_config}                           .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
qr:{foreign_config}                          .         .         .         .         .         gone                      gone                      gone
qr:{missing_config}                          .         .         .         .         .         gone                      gone                      gone
qr:{decided_config}                          .         .         .         .         .         gone                      gone                      gone
file:{own_config}                            .         .         .         .         .         yes                       yes                       yes                       configs
file:{unmade_config}                         .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
file:{foreign_config}                        .         .         .         .         .         gone                      gone                      gone
file:{missing_config}                        .         .         .         .         .         gone                      gone                      gone
file:{decided_config}                        .         .         .         .         .         gone                      gone                      gone
key:{own_config}                             .         .         .         .         .         yes                       yes                       yes                       configs
key:{unmade_config}                          .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
key:{foreign_config}                         .         .         .         .         .         gone                      gone                      gone
key:{missing_config}                         .         .         .         .         .         gone                      gone                      gone
key:{decided_config}                         .         .         .         .         .         gone                      gone                      gone
steps:{own_config}                           .         .         .         .         .         show                      show                      show
steps:{unmade_config}                        .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
steps:{adopted_config}                       .         .         .         .         .         no_file                   no_file                   no_file
steps:{foreign_config}                       .         .         .         .         .         gone                      gone                      gone
steps:{missing_config}                       .         .         .         .         .         gone                      gone                      gone
steps:{decided_config}                       .         .         .         .         .         gone                      gone                      gone
steps_on:{own_config}:android                .         .         .         .         .         yes                       yes                       yes                       configs
steps_on:{unmade_config}:android             .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
steps_on:{adopted_config}:android            .         .         .         .         .         no_file                   no_file                   no_file
steps_on:{foreign_config}:android            .         .         .         .         .         gone                      gone                      gone
steps_on:{missing_config}:android            .         .         .         .         .         gone                      gone                      gone
steps_on:{decided_config}:android            .         .         .         .         .         gone                      gone                      gone
steps_with:{own_config}:amneziavpn           .         .         .         .         .         yes                       yes                       yes                       users configs
steps_with:{unmade_config}:amneziavpn        .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
steps_with:{adopted_config}:amneziavpn       .         .         .         .         .         no_file                   no_file                   no_file
steps_with:{foreign_config}:amneziavpn       .         .         .         .         .         gone                      gone                      gone
steps_with:{missing_config}:amneziavpn       .         .         .         .         .         gone                      gone                      gone
steps_with:{decided_config}:amneziavpn       .         .         .         .         .         gone                      gone                      gone
steps_store:{own_config}                     .         .         .         .         .         show                      show                      show
steps_store:{unmade_config}                  .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
steps_store:{adopted_config}                 .         .         .         .         .         no_file                   no_file                   no_file
steps_store:{foreign_config}                 .         .         .         .         .         gone                      gone                      gone
steps_store:{missing_config}                 .         .         .         .         .         gone                      gone                      gone
steps_store:{decided_config}                 .         .         .         .         .         gone                      gone                      gone
later:{own_config}                           .         .         .         .         .         show                      show                      show
later:{foreign_config}                       .         .         .         .         .         gone                      gone                      gone
later:{missing_config}                       .         .         .         .         .         gone                      gone                      gone
later:{decided_config}                       .         .         .         .         .         gone                      gone                      gone
steps_on:{own_config}:fridge                 .         .         .         .         .         old_button                old_button                old_button
steps_with:{own_config}:telegram             .         .         .         .         .         old_button                old_button                old_button
trouble:{own_config}                         .         .         .         .         .         show                      show                      show
trouble:{unmade_config}                      .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
trouble:{foreign_config}                     .         .         .         .         .         gone                      gone                      gone
trouble:{missing_config}                     .         .         .         .         .         gone                      gone                      gone
trouble:{decided_config}                     .         .         .         .         .         gone                      gone                      gone
options:{own_config}                         .         .         .         .         .         show                      show                      show
options:{adopted_config}                     .         .         .         .         .         old_button                old_button                old_button
options:{foreign_config}                     .         .         .         .         .         gone                      gone                      gone
options:{missing_config}                     .         .         .         .         .         gone                      gone                      gone
options:{decided_config}                     .         .         .         .         .         gone                      gone                      gone
dns:{own_config}:1                           .         .         .         .         .         yes                       yes                       yes                       configs
dns:{own_config}:0                           .         .         .         .         .         show                      show                      show
dns:{own_config}:2                           .         .         .         .         .         old_button                old_button                old_button
dns:{foreign_config}:1                       .         .         .         .         .         gone                      gone                      gone
dns:{missing_config}:1                       .         .         .         .         .         gone                      gone                      gone
dns:{decided_config}:1                       .         .         .         .         .         gone                      gone                      gone
routes:{own_config}:1                        .         .         .         .         .         yes                       yes                       yes                       configs
routes:{own_config}:2                        .         .         .         .         .         old_button                old_button                old_button
routes:{foreign_config}:1                    .         .         .         .         .         gone                      gone                      gone
routes:{missing_config}:1                    .         .         .         .         .         gone                      gone                      gone
routes:{decided_config}:1                    .         .         .         .         .         gone                      gone                      gone
confirm_renew:{adopted_config}               .         .         .         .         .         show                      show                      show
confirm_renew:{expired_adopted_config}       .         .         .         .         .         renew_off                 renew_off                 renew_off
confirm_renew:{own_config}                   .         .         .         .         .         has_file                  has_file                  has_file
confirm_renew:{foreign_config}               .         .         .         .         .         gone                      gone                      gone
confirm_renew:{missing_config}               .         .         .         .         .         gone                      gone                      gone
confirm_renew:{decided_config}               .         .         .         .         .         gone                      gone                      gone
renew:{adopted_config}                       .         .         .         .         .         yes                       yes                       yes                       config_requests audit
renew:{expired_adopted_config}               .         .         .         .         .         renew_off                 renew_off                 renew_off
renew:{own_config}                           .         .         .         .         .         has_file                  has_file                  has_file
renew:{foreign_config}                       .         .         .         .         .         gone                      gone                      gone
renew:{missing_config}                       .         .         .         .         .         gone                      gone                      gone
renew:{decided_config}                       .         .         .         .         .         gone                      gone                      gone
renew:{renewing_config}                      .         .         .         .         .         request_open              request_open              request_open
qr:{adopted_config}                          .         .         .         .         .         no_file                   no_file                   no_file
file:{adopted_config}                        .         .         .         .         .         no_file                   no_file                   no_file
key:{adopted_config}                         .         .         .         .         .         no_file                   no_file                   no_file
complain:{own_config}                        .         .         .         .         .         yes                       yes                       yes                       tickets audit
complain:{unmade_config}                     .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
complain:{foreign_config}                    .         .         .         .         .         gone                      gone                      gone
complain:{missing_config}                    .         .         .         .         .         gone                      gone                      gone
complain:{decided_config}                    .         .         .         .         .         gone                      gone                      gone
complain:{told_config}                       .         .         .         .         .         complained_already        complained_already        complained_already
another_way:{own_config}:0                   .         .         .         .         .         yes                       yes                       yes                       configs trials audit
another_way:{own_config}:3                   .         .         .         .         .         old_button                old_button                old_button
another_way:{tried_config}:2                 .         .         .         .         .         yes                       yes                       yes                       configs trials audit
another_way:{unmade_config}:0                .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
another_way:{adopted_config}:0               .         .         .         .         .         no_file                   no_file                   no_file
another_way:{foreign_config}:0               .         .         .         .         .         gone                      gone                      gone
another_way:{missing_config}:0               .         .         .         .         .         gone                      gone                      gone
another_way:{decided_config}:0               .         .         .         .         .         gone                      gone                      gone
watch_again:{own_config}:2                   .         .         .         .         .         old_button                old_button                old_button
watch_again:{tried_config}:2                 .         .         .         .         .         yes                       yes                       yes                       trials
watch_again:{foreign_config}:2               .         .         .         .         .         gone                      gone                      gone
watch_again:{missing_config}:2               .         .         .         .         .         gone                      gone                      gone
watch_again:{decided_config}:2               .         .         .         .         .         gone                      gone                      gone
stop_trying:{own_config}                     .         .         .         .         .         old_button                old_button                old_button
stop_trying:{tried_config}                   .         .         .         .         .         yes                       yes                       yes                       configs trials
stop_trying:{foreign_config}                 .         .         .         .         .         gone                      gone                      gone
stop_trying:{missing_config}                 .         .         .         .         .         gone                      gone                      gone
stop_trying:{decided_config}                 .         .         .         .         .         gone                      gone                      gone

decide:{foreign_person}:pending:approved     .         .         .         .         .         .                         yes                       yes                       users audit
decide:{foreign_person}:pending:rejected     .         .         .         .         .         .                         yes                       yes                       users audit
decide:{foreign_person}:pending:blocked      .         .         .         .         .         .                         yes                       yes                       users audit
decide:{foreign_person}:pending:captcha      .         .         .         .         .         .                         old_button                old_button
decide:{foreign_person}:captcha:approved     .         .         .         .         .         .                         old_button                old_button
decide:{foreign_person}:approved:pending     .         .         .         .         .         .                         old_button                old_button
decide:{inside_person}:approved:blocked      .         .         .         .         .         .                         yes                       yes                       users audit
decide:{asking_person}:approved:blocked      .         .         .         .         .         .                         yes                       yes                       users audit config_requests
decide:{blocked_person}:blocked:approved     .         .         .         .         .         .                         decided_by_admin          yes                       users audit
decide:{barred_person}:blocked:approved      .         .         .         .         .         .                         yes                       yes                       users audit
decide:{rejected_person}:rejected:approved   .         .         .         .         .         .                         decided_by_admin          yes                       users audit
decide:{refused_person}:rejected:approved    .         .         .         .         .         .                         yes                       yes                       users audit
decide:{missing_person}:pending:approved     .         .         .         .         .         .                         gone                      gone
decide:{decided_person}:pending:approved     .         .         .         .         .         .                         already_approved          already_approved
decide:{decided_person}:pending:blocked      .         .         .         .         .         .                         already_approved          already_approved
decide:{blocked_person}:pending:approved     .         .         .         .         .         .                         already_blocked           already_blocked
decide:{rejected_person}:pending:blocked     .         .         .         .         .         .                         already_rejected          already_rejected
decide:{own_person}:approved:blocked         .         .         .         .         .         .                         is_helper                 is_admin
decide:{own_person}:pending:approved         .         .         .         .         .         .                         is_helper                 is_admin
decide:{other_admin}:approved:blocked        .         .         .         .         .         .                         is_admin                  is_admin
admit:{foreign_person}                       .         .         .         .         .         .                         yes                       yes                       users audit
admit:{missing_person}                       .         .         .         .         .         .                         gone                      gone
admit:{decided_person}                       .         .         .         .         .         .                         already_approved          already_approved
admit:{own_person}                           .         .         .         .         .         .                         is_helper                 is_admin
admit:{rejected_person}                      .         .         .         .         .         .                         already_rejected          already_rejected
confirm_block:{foreign_person}               .         .         .         .         .         .                         show                      show
confirm_block:{missing_person}               .         .         .         .         .         .                         gone                      gone
confirm_block:{decided_person}               .         .         .         .         .         .                         show                      show
confirm_block:{own_person}                   .         .         .         .         .         .                         is_helper                 is_admin
confirm_block:{blocked_person}               .         .         .         .         .         .                         already_blocked           already_blocked
reject:{foreign_person}                      .         .         .         .         .         .                         show                      show
reject:{missing_person}                      .         .         .         .         .         .                         gone                      gone
reject:{decided_person}                      .         .         .         .         .         .                         already_approved          already_approved
reject:{own_person}                          .         .         .         .         .         .                         already_approved          already_approved
reject_as:{foreign_person}:unknown:card      .         .         .         .         .         .                         yes                       yes                       users audit
reject_as:{missing_person}:unknown:card      .         .         .         .         .         .                         gone                      gone
reject_as:{decided_person}:unknown:card      .         .         .         .         .         .                         already_approved          already_approved
reject_as:{own_person}:unknown:card          .         .         .         .         .         .                         is_helper                 is_admin
reject_as:{foreign_person}:ugly:card         .         .         .         .         .         .                         old_button                old_button
turn_down:{own_request}                      .         .         .         .         .         .                         show                      show
turn_down:{foreign_request}                  .         .         .         .         .         .                         show                      show
turn_down:{missing_request}                  .         .         .         .         .         .                         gone                      gone
turn_down:{decided_request}                  .         .         .         .         .         .                         request_already_rejected  request_already_rejected
turn_down_as:{own_request}:enough:card       .         .         .         .         .         .                         own_request               yes                       config_requests audit
turn_down_as:{foreign_request}:enough:card   .         .         .         .         .         .                         yes                       yes                       config_requests audit
turn_down_as:{missing_request}:enough:card   .         .         .         .         .         .                         gone                      gone
turn_down_as:{decided_request}:enough:card   .         .         .         .         .         .                         request_already_rejected  request_already_rejected
judge:{own_request}:approved                 .         .         .         .         .         .                         own_request               yes                       config_requests audit
judge:{own_request}:rejected                 .         .         .         .         .         .                         own_request               yes                       config_requests audit
judge:{foreign_request}:approved             .         .         .         .         .         .                         yes                       yes                       config_requests audit
judge:{foreign_request}:rejected             .         .         .         .         .         .                         yes                       yes                       config_requests audit
judge:{foreign_request}:issued               .         .         .         .         .         .                         old_button                old_button
judge:{foreign_request}:cancelled            .         .         .         .         .         .                         old_button                old_button
judge:{missing_request}:approved             .         .         .         .         .         .                         gone                      gone
judge:{decided_request}:approved             .         .         .         .         .         .                         request_already_rejected  request_already_rejected
judge:{decided_request}:rejected             .         .         .         .         .         .                         request_already_rejected  request_already_rejected
judge:{cancelled_request}:approved           .         .         .         .         .         .                         request_already_cancelled request_already_cancelled
judge:{issued_request}:rejected              .         .         .         .         .         .                         request_already_issued    request_already_issued
foreign:0                                    .         .         .         .         .         .                         .                         show
foreign:77                                   .         .         .         .         .         .                         .                         show
peer:{own_peer}                              .         .         .         .         .         .                         .                         show
peer:{foreign_peer}                          .         .         .         .         .         .                         .                         show
peer:{missing_peer}                          .         .         .         .         .         .                         .                         gone
peer:{decided_peer}                          .         .         .         .         .         .                         .                         show
heirs:{own_peer}:0                           .         .         .         .         .         .                         .                         show
heirs:{own_peer}:77                          .         .         .         .         .         .                         .                         show
heirs:{foreign_peer}:0                       .         .         .         .         .         .                         .                         not_adoptable
heirs:{missing_peer}:0                       .         .         .         .         .         .                         .                         gone
heirs:{decided_peer}:0                       .         .         .         .         .         .                         .                         already_evicted
heir:{own_peer}:{inside_person}              .         .         .         .         .         .                         .                         show
heir:{own_peer}:{foreign_person}             .         .         .         .         .         .                         .                         not_inside
heir:{foreign_peer}:{inside_person}          .         .         .         .         .         .                         .                         not_adoptable
heir:{missing_peer}:{inside_person}          .         .         .         .         .         .                         .                         gone
heir:{decided_peer}:{inside_person}          .         .         .         .         .         .                         .                         already_evicted
adopt:{own_peer}:{inside_person}             .         .         .         .         .         .                         .                         yes                       configs counters foreign_peers audit
adopt:{own_peer}:{blocked_person}            .         .         .         .         .         .                         .                         not_inside
adopt:{own_peer}:{missing_person}            .         .         .         .         .         .                         .                         gone
adopt:{foreign_peer}:{inside_person}         .         .         .         .         .         .                         .                         not_adoptable
adopt:{missing_peer}:{inside_person}         .         .         .         .         .         .                         .                         gone
adopt:{decided_peer}:{inside_person}         .         .         .         .         .         .                         .                         already_evicted
adopt:{held_peer}:{inside_person}            .         .         .         .         .         .                         .                         address_held
confirm_evict:{own_peer}                     .         .         .         .         .         .                         .                         show
confirm_evict:{foreign_peer}                 .         .         .         .         .         .                         .                         show
confirm_evict:{missing_peer}                 .         .         .         .         .         .                         .                         gone
confirm_evict:{decided_peer}                 .         .         .         .         .         .                         .                         already_evicted
evict:{own_peer}                             .         .         .         .         .         .                         .                         yes                       foreign_peers audit
evict:{foreign_peer}                         .         .         .         .         .         .                         .                         yes                       foreign_peers audit
evict:{missing_peer}                         .         .         .         .         .         .                         .                         gone
evict:{decided_peer}                         .         .         .         .         .         .                         .                         already_evicted
pardon:{own_peer}                            .         .         .         .         .         .                         .                         old_button
pardon:{foreign_peer}                        .         .         .         .         .         .                         .                         old_button
pardon:{missing_peer}                        .         .         .         .         .         .                         .                         gone
pardon:{decided_peer}                        .         .         .         .         .         .                         .                         yes                       foreign_peers audit
claims:0                                     .         .         .         .         .         claims_closed             claims_closed             .
claims:{open_page}                           .         .         .         .         .         show                      show                      .
claim:{own_named}                            .         .         .         .         .         show                      show                      .
claim:{foreign_named}                        .         .         .         .         .         claim_taken               claim_taken               .
claim:{missing_named}                        .         .         .         .         .         gone                      gone                      .
claim:{decided_named}                        .         .         .         .         .         claim_taken               claim_taken               .
claim:{shut_named}                           .         .         .         .         .         claims_closed             claims_closed             .
claim:{declined_named}                       .         .         .         .         .         claim_not_yours           claim_not_yours           .
claim:{tried_named}                          .         .         .         .         .         claim_tries               claim_tries               .
claim:{watched_named}                        .         .         .         .         .         claim_running             claim_running             .
claim_begin:{own_named}                      .         .         .         .         .         yes                       yes                       .                         claims
claim_begin:{foreign_named}                  .         .         .         .         .         claim_taken               claim_taken               .
claim_begin:{missing_named}                  .         .         .         .         .         gone                      gone                      .
claim_begin:{decided_named}                  .         .         .         .         .         claim_taken               claim_taken               .
claim_begin:{shut_named}                     .         .         .         .         .         claims_closed             claims_closed             .
claim_begin:{declined_named}                 .         .         .         .         .         claim_not_yours           claim_not_yours           .
claim_begin:{tried_named}                    .         .         .         .         .         claim_tries               claim_tries               .
claim_begin:{watched_named}                  .         .         .         .         .         claim_running             claim_running             .
claim_stop:{own_claim}                       .         .         .         .         .         yes                       yes                       .                         claims
claim_stop:{foreign_claim}                   .         .         .         .         .         gone                      gone                      .
claim_stop:{missing_claim}                   .         .         .         .         .         gone                      gone                      .
claim_stop:{decided_claim}                   .         .         .         .         .         claim_already_stopped     claim_already_stopped     .
claim_stop:{own_proven}                      .         .         .         .         .         claim_already_proven      claim_already_proven      .
claim_card:{own_proven}                      .         .         .         .         .         .                         .                         show
claim_card:{foreign_proven}                  .         .         .         .         .         .                         .                         show
claim_card:{missing_claim}                   .         .         .         .         .         .                         .                         gone
claim_card:{decided_proven}                  .         .         .         .         .         .                         .                         show
claim_card:{foreign_claim}                   .         .         .         .         .         .                         .                         gone
claim_card:{foreign_proven}:list             .         .         .         .         .         .                         .                         show
claim_card:{decided_proven}:list             .         .         .         .         .         .                         .                         show
claim_judge:{own_proven}:approved            .         .         .         .         .         .                         .                         yes                       claims configs counters foreign_peers audit
claim_judge:{foreign_proven}:approved        .         .         .         .         .         .                         .                         yes                       claims configs counters foreign_peers audit
claim_judge:{missing_claim}:approved         .         .         .         .         .         .                         .                         gone
claim_judge:{decided_proven}:approved        .         .         .         .         .         .                         .                         claim_already_rejected
claim_judge:{foreign_claim}:approved         .         .         .         .         .         .                         .                         gone
claim_judge:{shut_proven}:approved           .         .         .         .         .         .                         .                         not_inside
claim_judge:{away_proven}:approved           .         .         .         .         .         .                         .                         claim_away
claim_judge:{foreign_proven}:rejected        .         .         .         .         .         .                         .                         yes                       claims audit
claim_judge:{shut_proven}:rejected           .         .         .         .         .         .                         .                         yes                       claims audit
claim_judge:{foreign_proven}:approved:list   .         .         .         .         .         .                         .                         yes                       claims configs counters foreign_peers audit
claim_judge:{foreign_proven}:bomb            .         .         .         .         .         .                         .                         old_button
by_name:0                                    .         .         .         .         .         .                         .                         show
by_name:77                                   .         .         .         .         .         .                         .                         show
give_by_name:{own_pairs}                     .         .         .         .         .         .                         .                         yes                       configs counters foreign_peers audit
give_by_name:{foreign_pairs}                 .         .         .         .         .         .                         .                         by_name_changed
give_by_name:{missing_pairs}                 .         .         .         .         .         .                         .                         by_name_changed
give_by_name:{decided_pairs}                 .         .         .         .         .         .                         .                         by_name_changed
confirm_take_back:{own_given}                .         .         .         .         .         .                         .                         show
confirm_take_back:{foreign_given}            .         .         .         .         .         .                         .                         show
confirm_take_back:{missing_given}            .         .         .         .         .         .                         .                         gone
confirm_take_back:{decided_given}            .         .         .         .         .         .                         .                         gone
confirm_take_back:{foreign_config}           .         .         .         .         .         .                         .                         not_given
confirm_take_back:{paused_given}             .         .         .         .         .         .                         .                         take_back_off
confirm_take_back:{down_given}               .         .         .         .         .         .                         .                         take_back_down
take_back:{own_given}                        .         .         .         .         .         .                         .                         yes                       configs foreign_peers audit
take_back:{foreign_given}                    .         .         .         .         .         .                         .                         yes                       configs foreign_peers audit
take_back:{missing_given}                    .         .         .         .         .         .                         .                         gone
take_back:{decided_given}                    .         .         .         .         .         .                         .                         gone
take_back:{foreign_config}                   .         .         .         .         .         .                         .                         not_given
take_back:{paused_given}                     .         .         .         .         .         .                         .                         take_back_off
take_back:{down_given}                       .         .         .         .         .         .                         .                         take_back_down
confirm_take_all_back:{own_gift}             .         .         .         .         .         .                         .                         show
confirm_take_all_back:{foreign_gift}         .         .         .         .         .         .                         .                         show
confirm_take_all_back:{missing_gift}         .         .         .         .         .         .                         .                         gone
confirm_take_all_back:{decided_gift}         .         .         .         .         .         .                         .                         gone
take_all_back:{own_gift}                     .         .         .         .         .         .                         .                         yes                       configs foreign_peers audit
take_all_back:{foreign_gift}                 .         .         .         .         .         .                         .                         yes                       configs foreign_peers audit
take_all_back:{missing_gift}                 .         .         .         .         .         .                         .                         gone
take_all_back:{decided_gift}                 .         .         .         .         .         .                         .                         gone
claims_setting                               .         .         .         .         .         .                         .                         show
claims_set:on                                .         .         .         .         .         .                         .                         yes                       preferences audit
claims_set:off                               .         .         .         .         .         .                         .                         show
claims_set:bomb                              .         .         .         .         .         .                         .                         old_button
confirm_rollout:{own_generation}             .         .         .         .         .         .                         .                         show
confirm_rollout:{foreign_generation}         .         .         .         .         .         .                         .                         old_button
confirm_rollout:{missing_generation}         .         .         .         .         .         .                         .                         old_button
confirm_rollout:{decided_generation}         .         .         .         .         .         .                         .                         none_outdated
rollout:{own_generation}                     .         .         .         .         .         .                         .                         yes                       configs audit
rollout:{foreign_generation}                 .         .         .         .         .         .                         .                         old_button
rollout:{missing_generation}                 .         .         .         .         .         .                         .                         old_button
rollout:{decided_generation}                 .         .         .         .         .         .                         .                         none_outdated

text.config_name:{own_config}                .         .         .         .         .         yes                       yes                       yes                       users configs audit
problem:0                                    .         .         .         .         .         show                      show                      show
problem:77                                   .         .         .         .         .         show                      show                      show
configs_page:0                               .         .         .         .         .         show                      show                      show
configs_page:77                              .         .         .         .         .         show                      show                      show
month:2026-05                                .         .         .         .         .         show                      show                      show
month:2020-01                                .         .         .         .         .         old_button                old_button                old_button
month:2027-01                                .         .         .         .         .         old_button                old_button                old_button
month:may                                    .         .         .         .         .         old_button                old_button                old_button
year                                         .         .         .         .         .         show                      show                      show
account                                      .         .         .         .         .         show                      show                      show
confirm_goodbye                              .         .         .         .         .         show                      show                      admin_stays
goodbye                                      .         .         .         .         .         yes                       yes                       admin_stays               users audit
rename:{own_config}                          .         .         .         .         .         yes                       yes                       yes                       users
rename:{unmade_config}                       .         .         .         .         .         yes                       yes                       yes                       users
rename:{foreign_config}                      .         .         .         .         .         gone                      gone                      gone
rename:{missing_config}                      .         .         .         .         .         gone                      gone                      gone
rename:{decided_config}                      .         .         .         .         .         gone                      gone                      gone
confirm_delete:{own_config}                  .         .         .         .         .         show                      show                      show
confirm_delete:{unmade_config}               .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
confirm_delete:{renewing_config}             .         .         .         .         .         request_open              request_open              request_open
confirm_delete:{foreign_config}              .         .         .         .         .         gone                      gone                      gone
confirm_delete:{missing_config}              .         .         .         .         .         gone                      gone                      gone
confirm_delete:{decided_config}              .         .         .         .         .         gone                      gone                      gone
delete:{own_config}                          .         .         .         .         .         yes                       yes                       yes                       configs audit
delete:{adopted_config}                      .         .         .         .         .         yes                       yes                       yes                       configs audit
delete:{unmade_config}                       .         .         .         .         .         not_live_yet              not_live_yet              not_live_yet
delete:{renewing_config}                     .         .         .         .         .         request_open              request_open              request_open
delete:{foreign_config}                      .         .         .         .         .         gone                      gone                      gone
delete:{missing_config}                      .         .         .         .         .         gone                      gone                      gone
delete:{decided_config}                      .         .         .         .         .         gone                      gone                      gone
extend:{own_config}                          .         .         .         .         .         never_expires             never_expires             never_expires             audit
extend:{expiring_config}                     .         .         .         .         .         yes                       yes                       yes                       tickets audit
extend:{wished_config}                       .         .         .         .         .         extension_asked_already   extension_asked_already   extension_asked_already
extend:{foreign_config}                      .         .         .         .         .         gone                      gone                      gone
extend:{missing_config}                      .         .         .         .         .         gone                      gone                      gone
extend:{decided_config}                      .         .         .         .         .         gone                      gone                      gone
by_day:now                                   .         .         .         .         .         .                         .                         show
by_day:2026-05                               .         .         .         .         .         .                         .                         show
by_day:2019-01                               .         .         .         .         .         .                         .                         old_button
by_day:2999-01                               .         .         .         .         .         .                         .                         old_button
by_day:May                                   .         .         .         .         .         .                         .                         old_button
by_hour                                      .         .         .         .         .         .                         .                         show
apps                                         .         .         .         .         .         .                         .                         show
apps_lacking:0                               .         .         .         .         .         .                         .                         show
apps_lacking:77                              .         .         .         .         .         .                         .                         show
apps_too_old:0                               .         .         .         .         .         .                         .                         show
apps_too_old:77                              .         .         .         .         .         .                         .                         show
top:0                                        .         .         .         .         .         .                         .                         show
top:9999                                     .         .         .         .         .         .                         .                         show
server                                       .         .         .         .         .         .                         .                         show
requests:0                                   .         .         .         .         .         .                         show                      show
requests:9                                   .         .         .         .         .         .                         show                      show
asker:{own_person}                           .         .         .         .         .         .                         show                      show
asker:{foreign_person}                       .         .         .         .         .         .                         show                      show
asker:{missing_person}                       .         .         .         .         .         .                         gone                      gone
asker:{decided_person}                       .         .         .         .         .         .                         show                      show
request:{own_request}                        .         .         .         .         .         .                         show                      show
request:{foreign_request}                    .         .         .         .         .         .                         show                      show
request:{missing_request}                    .         .         .         .         .         .                         gone                      gone
request:{decided_request}                    .         .         .         .         .         .                         show                      show
why_person:{own_person}                      .         .         .         .         .         .                         already_approved          already_approved
why_person:{foreign_person}                  .         .         .         .         .         .                         yes                       yes                       users
why_person:{missing_person}                  .         .         .         .         .         .                         gone                      gone
why_person:{decided_person}                  .         .         .         .         .         .                         already_approved          already_approved
why_request:{own_request}                    .         .         .         .         .         .                         yes                       yes                       users
why_request:{foreign_request}                .         .         .         .         .         .                         yes                       yes                       users
why_request:{missing_request}                .         .         .         .         .         .                         gone                      gone
why_request:{decided_request}                .         .         .         .         .         .                         request_already_rejected  request_already_rejected
text.reason_person:{own_person}              .         .         .         .         .         unknown_text              is_helper                 is_admin
text.reason_person:{foreign_person}          .         .         .         .         .         unknown_text              yes                       yes                       users audit
text.reason_person:{missing_person}          .         .         .         .         .         unknown_text              gone                      gone
text.reason_person:{decided_person}          .         .         .         .         .         unknown_text              already_approved          already_approved
text.reason_request:{own_request}            .         .         .         .         .         unknown_text              own_request               yes                       users config_requests audit
text.reason_request:{foreign_request}        .         .         .         .         .         unknown_text              yes                       yes                       users config_requests audit
text.reason_request:{missing_request}        .         .         .         .         .         unknown_text              gone                      gone
text.reason_request:{decided_request}        .         .         .         .         .         unknown_text              request_already_rejected  request_already_rejected
invitations:0                                .         .         .         .         .         .                         .                         show
add_person                                   .         .         .         .         .         .                         .                         yes                       users
text.added_name                              .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
add_found:{found_words}                      .         .         .         .         .         .                         .                         yes                       users audit
add_found:5                                  .         .         .         .         .         .                         .                         old_button
invite_person:{own_person}                   .         .         .         .         .         .                         .                         old_button
invite_person:{foreign_person}               .         .         .         .         .         .                         .                         old_button
invite_person:{missing_person}               .         .         .         .         .         .                         .                         gone
invite_person:{decided_person}               .         .         .         .         .         .                         .                         old_button
invite_person:{offline_person}               .         .         .         .         .         .                         .                         show
invite_person:{offline_shut_person}          .         .         .         .         .         .                         .                         person_outside
invite_person:{invited_person}               .         .         .         .         .         .                         .                         show
invite_person_now:{own_person}               .         .         .         .         .         .                         .                         old_button
invite_person_now:{foreign_person}           .         .         .         .         .         .                         .                         old_button
invite_person_now:{missing_person}           .         .         .         .         .         .                         .                         gone
invite_person_now:{decided_person}           .         .         .         .         .         .                         .                         old_button
invite_person_now:{offline_person}           .         .         .         .         .         .                         .                         yes                       invitations audit
invite_person_now:{offline_shut_person}      .         .         .         .         .         .                         .                         person_outside
invite_person_now:{invited_person}           .         .         .         .         .         .                         .                         show
invite                                       .         .         .         .         .         .                         .                         show
invite_for:config:7                          .         .         .         .         .         .                         .                         yes                       users
invite_for:config:8                          .         .         .         .         .         .                         .                         old_button
text.invite_name:plain:30                    .         .         .         .         .         unknown_text              unknown_text              yes                       users invitations audit
text.invite_name:plain:8                     .         .         .         .         .         unknown_text              unknown_text              old_button
invitation:{own_invitation}                  .         .         .         .         .         .                         .                         show
invitation:{foreign_invitation}              .         .         .         .         .         .                         .                         show
invitation:{missing_invitation}              .         .         .         .         .         .                         .                         gone
invitation:{decided_invitation}              .         .         .         .         .         .                         .                         show
invitation_qr:{own_invitation}               .         .         .         .         .         .                         .                         show
invitation_qr:{foreign_invitation}           .         .         .         .         .         .                         .                         show
invitation_qr:{missing_invitation}           .         .         .         .         .         .                         .                         gone
invitation_qr:{decided_invitation}           .         .         .         .         .         .                         .                         invitation_was_used
confirm_uninvite:{own_invitation}            .         .         .         .         .         .                         .                         show
confirm_uninvite:{foreign_invitation}        .         .         .         .         .         .                         .                         show
confirm_uninvite:{missing_invitation}        .         .         .         .         .         .                         .                         gone
confirm_uninvite:{decided_invitation}        .         .         .         .         .         .                         .                         invitation_was_used
uninvite:{own_invitation}                    .         .         .         .         .         .                         .                         yes                       invitations audit
uninvite:{foreign_invitation}                .         .         .         .         .         .                         .                         yes                       invitations audit
uninvite:{missing_invitation}                .         .         .         .         .         .                         .                         gone
uninvite:{decided_invitation}                .         .         .         .         .         .                         .                         invitation_was_used
broadcast                                    .         .         .         .         .         .                         .                         show
audience:all                                 .         .         .         .         .         .                         .                         yes                       users
audience:week                                .         .         .         .         .         .                         .                         nobody_to_tell
audience:everybody                           .         .         .         .         .         .                         .                         old_button
text.broadcast_text:all                      .         .         .         .         .         unknown_text              unknown_text              yes                       users broadcasts
text.broadcast_text:everybody                .         .         .         .         .         unknown_text              unknown_text              old_button
broadcast_send:{own_draft}                   .         .         .         .         .         .                         .                         yes                       broadcasts audit
broadcast_send:{foreign_draft}               .         .         .         .         .         .                         .                         gone
broadcast_send:{missing_draft}               .         .         .         .         .         .                         .                         gone
broadcast_send:{decided_draft}               .         .         .         .         .         .                         .                         broadcast_begun
broadcast_change:{own_draft}                 .         .         .         .         .         .                         .                         yes                       users
broadcast_change:{foreign_draft}             .         .         .         .         .         .                         .                         gone
broadcast_change:{missing_draft}             .         .         .         .         .         .                         .                         gone
broadcast_change:{decided_draft}             .         .         .         .         .         .                         .                         broadcast_begun
broadcast_cancel:{own_draft}                 .         .         .         .         .         .                         .                         yes                       broadcasts
broadcast_cancel:{foreign_draft}             .         .         .         .         .         .                         .                         gone
broadcast_cancel:{missing_draft}             .         .         .         .         .         .                         .                         gone
broadcast_cancel:{decided_draft}             .         .         .         .         .         .                         .                         broadcast_begun
broadcast_watch:{own_draft}                  .         .         .         .         .         .                         .                         gone
broadcast_watch:{foreign_draft}              .         .         .         .         .         .                         .                         gone
broadcast_watch:{missing_draft}              .         .         .         .         .         .                         .                         gone
broadcast_watch:{decided_draft}              .         .         .         .         .         .                         .                         show
broadcast_watch:{foreign_broadcast}          .         .         .         .         .         .                         .                         show
broadcast_stop:{own_draft}                   .         .         .         .         .         .                         .                         broadcast_over
broadcast_stop:{foreign_broadcast}           .         .         .         .         .         .                         .                         yes                       broadcasts audit
broadcast_stop:{missing_draft}               .         .         .         .         .         .                         .                         gone
broadcast_stop:{decided_draft}               .         .         .         .         .         .                         .                         yes                       broadcasts audit
broadcast_stop:{stopped_broadcast}           .         .         .         .         .         .                         .                         broadcast_over
history:{own_person}:0                       .         .         .         .         .         .                         .                         show
history:{foreign_person}:0                   .         .         .         .         .         .                         .                         show
history:{missing_person}:0                   .         .         .         .         .         .                         .                         show
history:{decided_person}:9                   .         .         .         .         .         .                         .                         show
history_file:{own_person}                    .         .         .         .         .         .                         .                         yes                       audit
history_file:{foreign_person}                .         .         .         .         .         .                         .                         history_is_empty
history_file:{missing_person}                .         .         .         .         .         .                         .                         history_is_empty
history_file:{decided_person}                .         .         .         .         .         .                         .                         yes                       audit
settings                                     .         .         .         .         .         .                         .                         show
setting:QUOTA_GB                             .         .         .         .         .         .                         .                         yes                       users
setting:BOT_TOKEN                            .         .         .         .         .         .                         .                         old_button
set:QUOTA_GB:2                               .         .         .         .         .         .                         .                         yes                       users preferences audit
set:QUOTA_GB:99                              .         .         .         .         .         .                         .                         old_button
set:ADMIN_IDS:0                              .         .         .         .         .         .                         .                         old_button
unset:QUOTA_GB                               .         .         .         .         .         .                         .                         yes                       users
unset:ADMIN_IDS                              .         .         .         .         .         .                         .                         old_button
text.setting_value:MAX_CONFIGS               .         .         .         .         .         unknown_text              unknown_text              yes                       preferences audit
text.setting_value:TIMEZONE                  .         .         .         .         .         unknown_text              unknown_text              bad_timezone
text.setting_value:ADMIN_IDS                 .         .         .         .         .         unknown_text              unknown_text              old_button
export                                       .         .         .         .         .         .                         .                         show
export_file:friends                          .         .         .         .         .         .                         .                         yes                       audit
export_file:secrets                          .         .         .         .         .         .                         .                         old_button
people:all:0                                 .         .         .         .         .         .                         show                      show
people:online:77                             .         .         .         .         .         .                         show                      show
people:over:0                                .         .         .         .         .         .                         show                      show
people:heavy:0                               .         .         .         .         .         .                         show                      show
people:found:0                               .         .         .         .         .         .                         old_button                old_button
people:offline:0                             .         .         .         .         .         .                         show                      show
people:bomb:0                                .         .         .         .         .         .                         old_button                old_button
search                                       .         .         .         .         .         .                         yes                       yes                       users
filters                                      .         .         .         .         .         .                         show                      show
text.search                                  .         .         .         .         .         unknown_text              show                      show
person:{own_person}                          .         .         .         .         .         .                         show                      show
person:{offline_person}                      .         .         .         .         .         .                         show                      show
person:{foreign_person}                      .         .         .         .         .         .                         show                      show
person:{missing_person}                      .         .         .         .         .         .                         gone                      gone
person:{decided_person}                      .         .         .         .         .         .                         show                      show
decide:{own_person}:approved:blocked:page    .         .         .         .         .         .                         is_helper                 is_admin
decide:{foreign_person}:pending:approved:page .         .         .         .         .         .                         yes                       yes                       users audit
decide:{foreign_person}:pending:captcha:page .         .         .         .         .         .                         old_button                old_button
decide:{missing_person}:pending:approved:page .         .         .         .         .         .                         gone                      gone
decide:{decided_person}:pending:approved:page .         .         .         .         .         .                         already_approved          already_approved
decide:{inside_person}:approved:blocked:page .         .         .         .         .         .                         yes                       yes                       users audit
decide:{blocked_person}:blocked:approved:page .         .         .         .         .         .                         decided_by_admin          yes                       users audit
decide:{barred_person}:blocked:approved:page  .         .         .         .         .         .                         yes                       yes                       users audit
decide:{rejected_person}:rejected:approved:page .         .         .         .         .         .                         decided_by_admin          yes                       users audit
decide:{refused_person}:rejected:approved:page  .         .         .         .         .         .                         yes                       yes                       users audit
decide:{other_admin}:approved:blocked:page   .         .         .         .         .         .                         is_admin                  is_admin
person_more:{own_person}                     .         .         .         .         .         .                         show                      show
person_more:{foreign_person}                 .         .         .         .         .         .                         show                      show
person_more:{missing_person}                 .         .         .         .         .         .                         gone                      gone
person_more:{decided_person}                 .         .         .         .         .         .                         show                      show
person_more:{noted_person}                   .         .         .         .         .         .                         show                      show
confirm_expel:{own_person}                   .         .         .         .         .         .                         .                         is_admin
confirm_expel:{foreign_person}               .         .         .         .         .         .                         .                         show
confirm_expel:{missing_person}               .         .         .         .         .         .                         .                         gone
confirm_expel:{decided_person}               .         .         .         .         .         .                         .                         show
confirm_expel:{other_admin}                  .         .         .         .         .         .                         .                         is_admin
expel:{own_person}                           .         .         .         .         .         .                         .                         is_admin
expel:{foreign_person}                       .         .         .         .         .         .                         .                         yes                       users audit
expel:{missing_person}                       .         .         .         .         .         .                         .                         gone
expel:{decided_person}                       .         .         .         .         .         .                         .                         yes                       users audit
expel:{other_admin}                          .         .         .         .         .         .                         .                         is_admin
expel:{holding_person}                       .         .         .         .         .         .                         .                         yes                       users audit configs config_requests
expel:{offline_person}                       .         .         .         .         .         .                         .                         yes                       users audit
expel:{invited_person}                       .         .         .         .         .         .                         .                         yes                       users audit invitations
issue:{own_person}                           .         .         .         .         .         .                         .                         show
issue:{foreign_person}                       .         .         .         .         .         .                         .                         person_outside
issue:{missing_person}                       .         .         .         .         .         .                         .                         gone
issue:{decided_person}                       .         .         .         .         .         .                         .                         show
issue:{asking_person}                        .         .         .         .         .         .                         .                         person_asks
issue_as:{offline_person}:iphone             .         .         .         .         .         .                         .                         yes                       config_requests audit users
issue_as:{own_person}:iphone                 .         .         .         .         .         .                         .                         yes                       config_requests audit
issue_as:{foreign_person}:iphone             .         .         .         .         .         .                         .                         person_outside
issue_as:{missing_person}:iphone             .         .         .         .         .         .                         .                         gone
issue_as:{decided_person}:iphone             .         .         .         .         .         .                         .                         yes                       config_requests audit
issue_as:{asking_person}:iphone              .         .         .         .         .         .                         .                         person_asks
issue_as:{decided_person}:bomb               .         .         .         .         .         .                         .                         old_button
person_quotas:{own_person}                   .         .         .         .         .         .                         .                         show
person_quotas:{foreign_person}               .         .         .         .         .         .                         .                         show
person_quotas:{missing_person}               .         .         .         .         .         .                         .                         gone
person_quotas:{decided_person}               .         .         .         .         .         .                         .                         show
person_quota:{own_person}:50                 .         .         .         .         .         .                         .                         yes                       users audit
person_quota:{foreign_person}:50             .         .         .         .         .         .                         .                         yes                       users audit
person_quota:{missing_person}:50             .         .         .         .         .         .                         .                         gone
person_quota:{decided_person}:50             .         .         .         .         .         .                         .                         yes                       users audit
person_own_quota:{own_person}                .         .         .         .         .         .                         .                         yes                       users
person_own_quota:{foreign_person}            .         .         .         .         .         .                         .                         yes                       users
person_own_quota:{missing_person}            .         .         .         .         .         .                         .                         gone
person_own_quota:{decided_person}            .         .         .         .         .         .                         .                         yes                       users
text.person_gb:{own_person}                  .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
text.person_gb:{foreign_person}              .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
text.person_gb:{missing_person}              .         .         .         .         .         unknown_text              unknown_text              gone
text.person_gb:{decided_person}              .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
note:{own_person}                            .         .         .         .         .         .                         .                         yes                       users
note:{foreign_person}                        .         .         .         .         .         .                         .                         yes                       users
note:{missing_person}                        .         .         .         .         .         .                         .                         gone
note:{decided_person}                        .         .         .         .         .         .                         .                         yes                       users
note_clear:{own_person}                      .         .         .         .         .         .                         .                         show
note_clear:{foreign_person}                  .         .         .         .         .         .                         .                         show
note_clear:{missing_person}                  .         .         .         .         .         .                         .                         gone
note_clear:{decided_person}                  .         .         .         .         .         .                         .                         show
text.person_note:{own_person}                .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
text.person_note:{foreign_person}            .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
text.person_note:{missing_person}            .         .         .         .         .         unknown_text              unknown_text              gone
text.person_note:{decided_person}            .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
person_quota:{decided_person}:default        .         .         .         .         .         .                         .                         show
person_quota:{decided_person}:bomb           .         .         .         .         .         .                         .                         old_button
person_speeds:{own_person}                   .         .         .         .         .         .                         .                         show
person_speeds:{foreign_person}               .         .         .         .         .         .                         .                         show
person_speeds:{missing_person}               .         .         .         .         .         .                         .                         gone
person_speeds:{decided_person}               .         .         .         .         .         .                         .                         show
person_speed:{own_person}:50                 .         .         .         .         .         .                         .                         yes                       users audit
person_speed:{foreign_person}:50             .         .         .         .         .         .                         .                         yes                       users audit
person_speed:{missing_person}:50             .         .         .         .         .         .                         .                         gone
person_speed:{decided_person}:50             .         .         .         .         .         .                         .                         yes                       users audit
person_own_speed:{own_person}                .         .         .         .         .         .                         .                         yes                       users
person_own_speed:{foreign_person}            .         .         .         .         .         .                         .                         yes                       users
person_own_speed:{missing_person}            .         .         .         .         .         .                         .                         gone
person_own_speed:{decided_person}            .         .         .         .         .         .                         .                         yes                       users
text.person_mbit:{own_person}                .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
text.person_mbit:{foreign_person}            .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
text.person_mbit:{missing_person}            .         .         .         .         .         unknown_text              unknown_text              gone
text.person_mbit:{decided_person}            .         .         .         .         .         unknown_text              unknown_text              yes                       users audit
person_speed:{decided_person}:default        .         .         .         .         .         .                         .                         show
person_speed:{decided_person}:bomb           .         .         .         .         .         .                         .                         old_button
note_clear:{noted_person}                    .         .         .         .         .         .                         .                         yes                       users audit
person_limits:{own_person}                   .         .         .         .         .         .                         .                         is_admin
person_limits:{foreign_person}               .         .         .         .         .         .                         .                         show
person_limits:{missing_person}               .         .         .         .         .         .                         .                         gone
person_limits:{decided_person}               .         .         .         .         .         .                         .                         show
person_limit:{own_person}:5                  .         .         .         .         .         .                         .                         is_admin
person_limit:{foreign_person}:5              .         .         .         .         .         .                         .                         yes                       users audit
person_limit:{missing_person}:5              .         .         .         .         .         .                         .                         gone
person_limit:{decided_person}:5              .         .         .         .         .         .                         .                         yes                       users audit
person_limit:{decided_person}:0              .         .         .         .         .         .                         .                         old_button
write:{own_person}                           .         .         .         .         .         .                         .                         old_button
write:{foreign_person}                       .         .         .         .         .         .                         .                         yes                       users
write:{missing_person}                       .         .         .         .         .         .                         .                         gone
write:{decided_person}                       .         .         .         .         .         .                         .                         yes                       users
write:{lost_person}                          .         .         .         .         .         .                         .                         person_unreachable_now
write:{offline_person}                       .         .         .         .         .         .                         .                         without_telegram
text.letter:{own_person}                     .         .         .         .         .         unknown_text              unknown_text              old_button
text.letter:{foreign_person}                 .         .         .         .         .         unknown_text              unknown_text              show
text.letter:{missing_person}                 .         .         .         .         .         unknown_text              unknown_text              gone
text.letter:{decided_person}                 .         .         .         .         .         unknown_text              unknown_text              show
text.letter:{lost_person}                    .         .         .         .         .         unknown_text              unknown_text              person_unreachable_now
letter_send:{own_person}:{own_letter}        .         .         .         .         .         .                         .                         old_button
letter_send:{foreign_person}:{own_letter}    .         .         .         .         .         .                         .                         old_button
letter_send:{missing_person}:{own_letter}    .         .         .         .         .         .                         .                         gone
letter_send:{decided_person}:{own_letter}    .         .         .         .         .         .                         .                         yes                       audit
letter_send:{decided_person}:5               .         .         .         .         .         .                         .                         old_button
appoint:{own_person}                         .         .         .         .         .         .                         .                         is_admin
appoint:{foreign_person}                     .         .         .         .         .         .                         .                         person_outside
appoint:{missing_person}                     .         .         .         .         .         .                         .                         gone
appoint:{decided_person}                     .         .         .         .         .         .                         .                         show
helper:{own_person}:on                       .         .         .         .         .         .                         .                         is_admin
helper:{foreign_person}:on                   .         .         .         .         .         .                         .                         person_outside
helper:{missing_person}:on                   .         .         .         .         .         .                         .                         gone
helper:{decided_person}:on                   .         .         .         .         .         .                         .                         yes                       users audit
helper:{decided_person}:off                  .         .         .         .         .         .                         .                         old_button
helper:{decided_person}:bomb                 .         .         .         .         .         .                         .                         old_button
helper:{helping_person}:off                  .         .         .         .         .         .                         .                         yes                       users audit
helper:{offline_person}:on                   .         .         .         .         .         .                         .                         without_telegram
holdings:{own_person}:0                      .         .         .         .         .         .                         show                      show
holdings:{foreign_person}:0                  .         .         .         .         .         .                         show                      show
holdings:{missing_person}:0                  .         .         .         .         .         .                         gone                      gone
holdings:{decided_person}:0                  .         .         .         .         .         .                         show                      show
holdings:{decided_person}:77                 .         .         .         .         .         .                         show                      show
held:{own_config}                            .         .         .         .         .         .                         show                      show
held:{foreign_config}                        .         .         .         .         .         .                         show                      show
held:{missing_config}                        .         .         .         .         .         .                         gone                      gone
held:{decided_config}                        .         .         .         .         .         .                         gone                      gone
held_pause:{own_config}                      .         .         .         .         .         .                         .                         yes                       configs audit
held_pause:{foreign_config}                  .         .         .         .         .         .                         .                         yes                       configs audit
held_pause:{missing_config}                  .         .         .         .         .         .                         .                         gone
held_pause:{decided_config}                  .         .         .         .         .         .                         .                         gone
held_send:{own_config}                       .         .         .         .         .         .                         .                         yes                       audit configs
held_send:{foreign_config}                   .         .         .         .         .         .                         .                         yes                       audit configs
held_send:{missing_config}                   .         .         .         .         .         .                         .                         gone
held_send:{decided_config}                   .         .         .         .         .         .                         .                         gone
confirm_held_delete:{own_config}             .         .         .         .         .         .                         .                         show
confirm_held_delete:{foreign_config}         .         .         .         .         .         .                         .                         show
confirm_held_delete:{missing_config}         .         .         .         .         .         .                         .                         gone
confirm_held_delete:{decided_config}         .         .         .         .         .         .                         .                         gone
held_delete:{own_config}                     .         .         .         .         .         .                         .                         yes                       configs audit
held_delete:{foreign_config}                 .         .         .         .         .         .                         .                         yes                       configs audit
held_delete:{missing_config}                 .         .         .         .         .         .                         .                         gone
held_delete:{decided_config}                 .         .         .         .         .         .                         .                         gone
held_expiry:{own_config}                     .         .         .         .         .         .                         .                         show
held_expiry:{foreign_config}                 .         .         .         .         .         .                         .                         show
held_expiry:{missing_config}                 .         .         .         .         .         .                         .                         gone
held_expiry:{decided_config}                 .         .         .         .         .         .                         .                         gone
held_until:{own_config}:7                    .         .         .         .         .         .                         .                         yes                       configs audit
held_until:{foreign_config}:7                .         .         .         .         .         .                         .                         yes                       configs audit
held_until:{missing_config}:7                .         .         .         .         .         .                         .                         gone
held_until:{decided_config}:7                .         .         .         .         .         .                         .                         gone
held_own_date:{own_config}                   .         .         .         .         .         .                         .                         yes                       users
held_own_date:{foreign_config}               .         .         .         .         .         .                         .                         yes                       users
held_own_date:{missing_config}               .         .         .         .         .         .                         .                         gone
held_own_date:{decided_config}               .         .         .         .         .         .                         .                         gone
text.held_date:{own_config}                  .         .         .         .         .         unknown_text              unknown_text              yes                       users configs audit
text.held_date:{foreign_config}              .         .         .         .         .         unknown_text              unknown_text              yes                       users configs audit
text.held_date:{missing_config}              .         .         .         .         .         unknown_text              unknown_text              gone
text.held_date:{decided_config}              .         .         .         .         .         unknown_text              unknown_text              gone
held_resume:{own_config}                     .         .         .         .         .         .                         .                         old_button
held_resume:{foreign_config}                 .         .         .         .         .         .                         .                         old_button
held_resume:{missing_config}                 .         .         .         .         .         .                         .                         gone
held_resume:{decided_config}                 .         .         .         .         .         .                         .                         gone
write_send:{own_writing}                     .         .         .         .         .         yes                       yes                       yes                       tickets audit
write_send:{foreign_writing}                 .         .         .         .         .         gone                      gone                      gone
write_send:{missing_writing}                 .         .         .         .         .         gone                      gone                      gone
write_send:{decided_writing}                 .         .         .         .         .         written_already           written_already           written_already
look_first                                   .         .         .         .         .         show                      show                      show
more                                         .         .         .         .         .         limit_not_used            limit_not_used            limit_not_used
ticket:{own_ticket}                          .         .         .         .         .         .                         .                         show
ticket:{foreign_ticket}                      .         .         .         .         .         .                         .                         show
ticket:{missing_ticket}                      .         .         .         .         .         .                         .                         gone
ticket:{decided_ticket}                      .         .         .         .         .         .                         .                         show
ticket:{foreign_ticket}:list                 .         .         .         .         .         .                         .                         show
ticket:{decided_ticket}:list                 .         .         .         .         .         .                         .                         show
ticket_person:{own_ticket}                   .         .         .         .         .         .                         .                         show
ticket_person:{foreign_ticket}               .         .         .         .         .         .                         .                         show
ticket_person:{missing_ticket}               .         .         .         .         .         .                         .                         gone
ticket_person:{decided_ticket}               .         .         .         .         .         .                         .                         show
ticket_file:{own_ticket}                     .         .         .         .         .         .                         .                         yes                       audit configs
ticket_file:{foreign_ticket}                 .         .         .         .         .         .                         .                         yes                       audit configs
ticket_file:{missing_ticket}                 .         .         .         .         .         .                         .                         gone
ticket_file:{decided_ticket}                 .         .         .         .         .         .                         .                         yes                       audit configs
ticket_file:{foreign_wish}                   .         .         .         .         .         .                         .                         gone
ticket_file:{many_ticket}                    .         .         .         .         .         .                         .                         show
ticket_person:{foreign_writing}              .         .         .         .         .         .                         .                         gone
ticket_reply:{own_ticket}                    .         .         .         .         .         .                         .                         yes                       users
ticket_reply:{foreign_ticket}                .         .         .         .         .         .                         .                         yes                       users
ticket_reply:{missing_ticket}                .         .         .         .         .         .                         .                         gone
ticket_reply:{decided_ticket}                .         .         .         .         .         .                         .                         ticket_closed
ticket_reply:{foreign_wish}                  .         .         .         .         .         .                         .                         old_button
ticket_done:{own_ticket}                     .         .         .         .         .         .                         .                         yes                       tickets audit
ticket_done:{foreign_ticket}                 .         .         .         .         .         .                         .                         yes                       tickets audit
ticket_done:{foreign_wish}                   .         .         .         .         .         .                         .                         yes                       tickets audit
ticket_done:{missing_ticket}                 .         .         .         .         .         .                         .                         gone
ticket_done:{decided_ticket}                 .         .         .         .         .         .                         .                         ticket_closed
ticket_done:{foreign_writing}                .         .         .         .         .         .                         .                         gone
text.answer:{own_ticket}                     .         .         .         .         .         unknown_text              unknown_text              yes                       users tickets audit
text.answer:{foreign_ticket}                 .         .         .         .         .         unknown_text              unknown_text              yes                       users tickets audit
text.answer:{missing_ticket}                 .         .         .         .         .         unknown_text              unknown_text              gone
text.answer:{decided_ticket}                 .         .         .         .         .         unknown_text              unknown_text              ticket_closed
text.answer:{foreign_wish}                   .         .         .         .         .         unknown_text              unknown_text              old_button
grant:{own_wish}:more:10                     .         .         .         .         .         .                         .                         yes                       users tickets audit
grant:{foreign_wish}:more:10                 .         .         .         .         .         .                         .                         yes                       users tickets audit
grant:{missing_wish}:more:10                 .         .         .         .         .         .                         .                         gone
grant:{decided_wish}:more:10                 .         .         .         .         .         .                         .                         ticket_closed
grant:{foreign_wish}:never                   .         .         .         .         .         .                         .                         yes                       users tickets audit
grant:{timed_wish}:more                      .         .         .         .         .         .                         .                         yes                       configs tickets audit
grant:{timed_wish}:never                     .         .         .         .         .         .                         .                         yes                       configs tickets audit
grant:{changed_wish}:more:10                 .         .         .         .         .         .                         .                         ticket_changed
grant:{shut_wish}:more:10                    .         .         .         .         .         .                         .                         person_outside
grant:{foreign_ticket}:more                  .         .         .         .         .         .                         .                         old_button
grant:{foreign_wish}:bomb                    .         .         .         .         .         .                         .                         old_button
grant:{foreign_wish}:more                    .         .         .         .         .         .                         .                         old_button
grant:{foreign_wish}:more:3000000            .         .         .         .         .         .                         .                         old_button
held_resume:{paused_config}                  .         .         .         .         .         .                         .                         yes                       configs audit
held_pause:{paused_config}                   .         .         .         .         .         .                         .                         old_button
held_send:{unmade_config}                    .         .         .         .         .         .                         .                         held_not_live
held_send:{adopted_config}                   .         .         .         .         .         .                         .                         held_without_file
held_send:{offline_config}                   .         .         .         .         .         .                         .                         yes                       audit configs
held_send:{lost_config}                      .         .         .         .         .         .                         .                         yes                       audit configs
held_send:{sent_config}                      .         .         .         .         .         .                         .                         held_sent_already
held_send:{shut_config}                      .         .         .         .         .         .                         .                         person_outside
held_until:{own_config}:never                .         .         .         .         .         .                         .                         show
held_until:{own_config}:8                    .         .         .         .         .         .                         .                         old_button

held_way:{own_config}:0                      .         .         .         .         .         .                         .                         old_button
held_way:{foreign_config}:0                  .         .         .         .         .         .                         .                         old_button
held_way:{missing_config}:0                  .         .         .         .         .         .                         .                         gone
held_way:{decided_config}:0                  .         .         .         .         .         .                         .                         gone
held_way:{shut_kept_config}:0                .         .         .         .         .         .                         .                         person_outside
held_way:{kept_elsewhere_config}:0           .         .         .         .         .         .                         .                         kept_by_another
held_watch:{own_config}:2                    .         .         .         .         .         .                         .                         old_button
held_watch:{foreign_config}:2                .         .         .         .         .         .                         .                         old_button
held_watch:{missing_config}:2                .         .         .         .         .         .                         .                         gone
held_watch:{decided_config}:2                .         .         .         .         .         .                         .                         gone
held_watch:{shut_kept_config}:2              .         .         .         .         .         .                         .                         person_outside
held_watch:{kept_elsewhere_config}:2         .         .         .         .         .         .                         .                         kept_by_another
held_stop:{own_config}                       .         .         .         .         .         .                         .                         old_button
held_stop:{foreign_config}                   .         .         .         .         .         .                         .                         old_button
held_stop:{missing_config}                   .         .         .         .         .         .                         .                         gone
held_stop:{decided_config}                   .         .         .         .         .         .                         .                         gone
held_stop:{shut_kept_config}                 .         .         .         .         .         .                         .                         person_outside
held_stop:{kept_elsewhere_config}            .         .         .         .         .         .                         .                         kept_by_another
held_way:{kept_config}:0                     .         .         .         .         .         .                         .                         yes                       configs trials audit
held_way:{kept_config}:3                     .         .         .         .         .         .                         .                         old_button
held_way:{tried_kept_config}:2               .         .         .         .         .         .                         .                         yes                       configs trials audit
held_way:{unmade_kept_config}:0              .         .         .         .         .         .                         .                         held_not_live
held_way:{adopted_kept_config}:0             .         .         .         .         .         .                         .                         held_without_file
held_way:{paused_kept_config}:0              .         .         .         .         .         .                         .                         config_is_off
held_watch:{kept_config}:2                   .         .         .         .         .         .                         .                         old_button
held_watch:{tried_kept_config}:2             .         .         .         .         .         .                         .                         yes                       trials
held_stop:{kept_config}                      .         .         .         .         .         .                         .                         old_button
held_stop:{tried_kept_config}                .         .         .         .         .         .                         .                         yes                       configs trials
"""  # noqa: E501

ROLES, LINES = LAW.split("\n", 1)[0].split()[1:-1], [line.split() for line in LAW.strip().splitlines()[1:] if line]


@dataclass(frozen=True)
class Case:
    """One cell of the law: who does what, and what must come of it."""

    done: str
    role: str
    outcome: str
    changes: frozenset[str]


def cases_of(line: list[str]) -> list[Case]:
    """Return the cells of a line, one for each role."""
    done, *rest = line
    tables = [word.rpartition(":") for word in rest[len(ROLES) :]]
    return [
        Case(done, role, outcome, frozenset(table for of, _, table in tables if of in ("", role) and outcome == "yes"))
        for role, outcome in zip(ROLES, rest, strict=False)
    ]


CASES = [case for line in LINES for case in cases_of(line)]


def verb_of(done: str) -> str:
    """Return the verb of a line, as the dispatch table spells it."""
    return done.partition(":")[0]


def allowed_roles() -> dict[str, set[str]]:
    """Return, for every verb, the roles that may reach its handler."""
    found: dict[str, set[str]] = {}
    for case in CASES:
        reaches = case.outcome != "." and not case.outcome.startswith("unknown_")
        found.setdefault(verb_of(case.done), set()).update({case.role} if reaches else ())
    return found
