"""Ids used everywhere; display names come from the dashboard's translations."""

CARRIERS = ("mobile", "unicom", "telecom")
CATEGORIES = ("video", "music", "social", "games", "shopping", "news", "travel", "finance")
CHANNELS = ("none", "direct", "platform", "reseller")
NONE, DIRECT, PLATFORM, RESELLER = range(4)
VOICE_ONLY = "voice_only"
