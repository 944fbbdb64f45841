using System.Diagnostics;

namespace SentryOtel.Gateway.Telemetry;

/// <summary>Spans of the gateway's own work. Nothing is made while nobody listens.</summary>
internal static class GatewayActivities
{
    public const string SourceName = "SentryOtel.Gateway";

    public static readonly ActivitySource Source = new(SourceName);
}
