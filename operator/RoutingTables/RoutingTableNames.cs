namespace SentryOtel.Operator.RoutingTables;

/// <summary>Names of the ConfigMaps that hold a routing table.</summary>
internal static class RoutingTableNames
{
    /// <summary>The ConfigMap of a slice: <c>&lt;exporter&gt;-routes</c> for the first, then <c>-routes-1</c> and so on.</summary>
    public static string Of(string exporter, int slice) => slice == 0 ? $"{exporter}-routes" : $"{exporter}-routes-{slice}";
}
