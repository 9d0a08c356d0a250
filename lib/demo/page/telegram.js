/* What all phones share: the bot's profile, the updates it has confirmed, the presses it has answered, the clock. */
export const telegram = { bot: {}, confirmed: 0, answered: new Set(), clockOffset: 0 };
