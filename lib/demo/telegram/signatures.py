"""The parameters of each method, as the real Bot API has them; required ones are marked with `!`."""

from __future__ import annotations

_SEND = (
    "business_connection_id message_thread_id direct_messages_topic_id disable_notification protect_content"
    " allow_paid_broadcast message_effect_id suggested_post_parameters reply_parameters reply_markup"
    " ephemeral_message_parameters receiver_user_id callback_query_id allow_sending_without_reply reply_to_message_id"
)
_COPY = (
    "message_thread_id direct_messages_topic_id video_start_timestamp disable_notification protect_content"
    " message_effect_id suggested_post_parameters"
)
_EDIT = "business_connection_id chat_id message_id inline_message_id reply_markup"
_CAPTION = "caption parse_mode caption_entities"

_TABLE = {
    "getMe": "",
    "getUpdates": "offset limit timeout allowed_updates",
    "deleteWebhook": "drop_pending_updates",
    "setWebhook": "url! certificate ip_address max_connections allowed_updates drop_pending_updates secret_token",
    "getWebhookInfo": "",
    "setMyCommands": "commands! scope language_code",
    "getMyCommands": "scope language_code",
    "deleteMyCommands": "scope language_code",
    "setMyName": "name language_code",
    "getMyName": "language_code",
    "setMyDescription": "description language_code",
    "getMyDescription": "language_code",
    "setMyShortDescription": "short_description language_code",
    "getMyShortDescription": "language_code",
    "setChatMenuButton": "chat_id menu_button",
    "getChatMenuButton": "chat_id",
    "sendMessage": f"chat_id! text! parse_mode entities link_preview_options disable_web_page_preview {_SEND}",
    "sendPhoto": f"chat_id! photo! {_CAPTION} show_caption_above_media has_spoiler {_SEND}",
    "sendDocument": f"chat_id! document! thumbnail {_CAPTION} disable_content_type_detection {_SEND}",
    "sendMediaGroup": "chat_id! media! business_connection_id message_thread_id direct_messages_topic_id"
    " disable_notification protect_content allow_paid_broadcast message_effect_id reply_parameters"
    " allow_sending_without_reply reply_to_message_id",
    "sendChatAction": "chat_id! action! business_connection_id message_thread_id",
    "editMessageText": "text parse_mode entities link_preview_options rich_message disable_web_page_preview " + _EDIT,
    "editMessageCaption": f"{_CAPTION} show_caption_above_media {_EDIT}",
    "editMessageMedia": f"media! {_EDIT}",
    "editMessageReplyMarkup": _EDIT,
    "deleteMessage": "chat_id! message_id!",
    "deleteMessages": "chat_id! message_ids!",
    "answerCallbackQuery": "callback_query_id! text show_alert url cache_time",
    "getFile": "file_id!",
    "getChat": "chat_id!",
    "copyMessage": f"chat_id! from_chat_id! message_id! {_CAPTION} show_caption_above_media allow_paid_broadcast"
    f" reply_parameters reply_markup allow_sending_without_reply reply_to_message_id {_COPY}",
    "forwardMessage": f"chat_id! from_chat_id! message_id! {_COPY}",
}

PARAMETERS = {method: frozenset(names.replace("!", "").split()) for method, names in _TABLE.items()}
REQUIRED = {
    method: frozenset(name[:-1] for name in names.split() if name.endswith("!")) for method, names in _TABLE.items()
}
METHODS = {method.lower(): method for method in _TABLE}  # lower case -> method; names are not case-sensitive
