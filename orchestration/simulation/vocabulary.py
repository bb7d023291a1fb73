"""Made-up names for the people, companies and circumstances of a simulation."""

FIRST_NAMES = (
    "Anna", "Ben", "Clara", "David", "Elif", "Felix", "Greta", "Hugo", "Ines", "Jonas", "Katja", "Liam",
    "Maya", "Noah", "Olivia", "Paul", "Rania", "Samuel", "Tara", "Umut", "Vera", "William", "Yasmin", "Zoe",
)  # fmt: skip
LAST_NAMES = (
    "Adler", "Brandt", "Carter", "Demir", "Evans", "Fischer", "Grant", "Hughes", "Iversen", "Jansen",
    "Keller", "Lopez", "Mitchell", "Novak", "Okafor", "Petrov", "Quinn", "Richter", "Shah", "Turner", "Urban",
    "Vogel", "Walsh", "Young", "Zimmer",
)  # fmt: skip
COMPANY_NAMES = (
    "Alder", "Beacon", "Cobalt", "Delta", "Ember", "Fjord", "Granite", "Harbour", "Indigo", "Juniper",
    "Kestrel", "Lumen", "Meridian", "Nordwind", "Orchard", "Pioneer", "Quartz", "Ridge", "Summit", "Tandem",
    "Umbra", "Vantage", "Willow", "Zenith",
)  # fmt: skip
INDUSTRIES = ("Logistics", "Foods", "Software", "Health", "Energy", "Media", "Machines", "Retail")
LEAD_SOURCES = ("Website", "Webinar", "Trade Fair", "Paid Search", "Content")
DIRECT_SOURCES = ("Outbound", "Referral", "Partner")
CUSTOMER_SOURCE = "Customer Success"
SOURCES = (*LEAD_SOURCES, *DIRECT_SOURCES, CUSTOMER_SOURCE)
LOSS_REASONS = ("Price", "No decision", "Competitor", "No budget", "Missing feature", "Timing")
LOSS_REASON_SHARES = (0.24, 0.27, 0.2, 0.12, 0.09, 0.08)
NEXT_STEPS = {
    "qualified": "Arrange a meeting",
    "meeting": "Send the proposal",
    "proposal": "Discuss the proposal",
    "negotiation": "Get the contract signed",
}


def account_name(code: int) -> str:
    """A name of its own for each account."""
    count = len(COMPANY_NAMES)
    second = COMPANY_NAMES[(code // count) % count]
    number = code // count**2
    return f"{COMPANY_NAMES[code % count]} {second} {industry(code)}" + (f" {number + 1}" if number else "")


def industry(code: int) -> str:
    """The industry that an account's name ends with."""
    return INDUSTRIES[code * 5 % 7 % len(INDUSTRIES)]
