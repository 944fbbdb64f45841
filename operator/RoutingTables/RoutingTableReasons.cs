using SentryOtel.Operator.Gateways;

namespace SentryOtel.Operator.RoutingTables;

/// <summary>Reasons of conditions and events that speak of an exporter's routing table.</summary>
internal static class RoutingTableReasons
{
    public const string NameConflict = GatewayReasons.NameConflict;
    public const string TooLarge = "RoutingTableTooLarge";
    public const string Repaired = "RoutingTableRepaired";

    /// <summary>Whether the table can not be written: gateways keep the one that they have, if any.</summary>
    public static bool IsHeldUp(string? reason) => reason is NameConflict or TooLarge;
}
