"""Values that PostHog takes from a closed list: time zones, currencies, HogQL modifiers (3.4)."""

from __future__ import annotations

from pathlib import Path

# A file of our own and not the machine's: a closed list is the same everywhere.
TIMEZONES = tuple((Path(__file__).parent / "timezones.txt").read_text(encoding="utf-8").split())

CURRENCY_CODES = """
AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTC BTN BWP BYN
BZD CAD CDF CHF CLP CNY COP CRC CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD GBP GEL GHS GIP GMD GNF
GTQ GYD HKD HNL HRK HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KRW KWD KYD KZT LAK
LBP LKR LRD LTL LVL LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MTL MUR MVR MWK MXN MYR MZN NAD NGN NIO
NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SRD SSP STN
SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER
ZAR ZMW
"""
CURRENCIES = tuple(CURRENCY_CODES.split())

MODIFIER_NAMES = """
bounceRateDurationSeconds bounceRatePageViewMode convertToProjectTimezone customChannelTypeRules
dataWarehouseEventsModifiers debug formatCsvAllowDoubleQuotes inCohortVia materializationMode
optimizeJoinedFilters optimizeProjections personsArgMaxVersion personsJoinMode personsOnEventsMode
propertyGroupsMode s3TableUseInvalidColumns sessionTableVersion sessionsV2JoinMode timings
useMaterializedViews usePreaggregatedTableTransforms usePresortedEventsTable
useWebAnalyticsPreAggregatedTables
"""
HOGQL_MODIFIERS = frozenset(MODIFIER_NAMES.split())
