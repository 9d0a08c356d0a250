"""English: a friend's traffic, and the monthly report."""

TEXTS = {
    # traffic
    "stats": "📊 <b>Traffic in {month}</b>\nfrom the 1st until now, {now}\n\n{lines}\n\n"
    "Total: ⬇️ {download}  ⬆️ {upload}{quota}{speed}",
    "stats_line": "<b>{name}</b>: ⬇️ {download}  ⬆️ {upload}\n{seen}",
    "stats_more": "…and {count} more",
    "stats_none": "No configs yet, so there's nothing to count. Ask for the first one with the button below.",
    "stats_waiting": "Your request “{name}” is with the admin. The file will come here by itself, and the traffic is counted from then on.",
    "stats_making": "The config “{name}” is being made. The file will come here by itself, and the traffic is counted from then on.",
    "stats_quota": "\nMonthly limit: {quota}, {left} left",
    "stats_speed": "\nSpeed limit: {speed}, shared by all your devices",
    "stats_past": "📊 <b>Traffic in {month}</b>\n\n{lines}\n\nTotal: ⬇️ {download}  ⬆️ {upload}",
    "stats_past_line": "<b>{name}</b>: ⬇️ {download}  ⬆️ {upload}",
    "stats_deleted": "Deleted configs: ⬇️ {download}  ⬆️ {upload}",
    "stats_nothing": "No traffic.",
    "year": "📅 <b>Traffic in 12 months</b>\n\n<pre>{table}</pre>",
    "year_button": "📅 12 months",
    "year_title": "12 months",
    "this_month_button": "📊 This month",
    "month_total": "Total",
    # month_report
    "month_head_month": "Month",
    "somebody_left": "(left)",
    "month_report": "📅 <b>Results: {month}</b>\n\n<pre>{table}</pre>\nThe new month starts from zero.",
    "month_head_name": "Name",
    "month_head_download": "Download",
    "month_head_upload": "Upload",
    "month_empty": "📅 <b>Results: {month}</b>\n\nThere was no traffic.",
}
