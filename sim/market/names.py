"""Ids used everywhere; display names come from the dashboard's translations."""

CARRIERS = ("mobile", "unicom", "telecom")
CATEGORIES = ("video", "music", "social", "games", "shopping", "news", "travel", "finance")
CHANNELS = ("none", "direct", "platform", "reseller")
NONE, DIRECT, PLATFORM, RESELLER = range(4)
# What a channel sells: bulk GB at a price, or a service with targeting, control and reports.
TIERS = ("none", "price", "service")
TIER_OF_CHANNEL = ("none", "price", "service", "price")
NO_PLATFORM, SHARED_PLATFORM = -1, 0  # ids of platforms; that of carrier j alone is j + 1
VOICE_ONLY = "voice_only"
