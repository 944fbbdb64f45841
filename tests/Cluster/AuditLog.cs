using System.Text.Json;

namespace SentryOtel.Cluster;

/// <summary>One request that the API server answered (<c>audit.k8s.io/v1 Event</c>, level Metadata).</summary>
/// <param name="User">Who asked, for example <c>system:serviceaccount:NAMESPACE:NAME</c>.</param>
/// <param name="Verb">get, list, watch, create, update, patch, delete, deletecollection; for non-resource paths the HTTP method in small letters.</param>
/// <param name="ApiGroup">The resource's group; empty for the core group and for paths that are no resource.</param>
/// <param name="Resource">The resource's plural, with <c>/SUBRESOURCE</c> behind it; empty for paths that are no resource.</param>
/// <param name="Namespace">Empty for cluster-scoped requests.</param>
/// <param name="Name">Empty for collections.</param>
/// <param name="Code">The HTTP status code.</param>
/// <param name="Uri">The request's path and query.</param>
/// <param name="Time">When the request arrived.</param>
/// <param name="UserAgent">What the program calls itself; empty when it does not.</param>
public sealed record AuditEvent(
    string User, string Verb, string ApiGroup, string Resource, string Namespace, string Name, int Code, string Uri, DateTimeOffset Time,
    string UserAgent)
{
    /// <summary>Whether the request was meant to change something.</summary>
    public bool IsWrite => Verb is "create" or "update" or "patch" or "delete" or "deletecollection" or "post" or "put";
}

/// <summary>Reads the API server's audit log.</summary>
public static class AuditLog
{
    /// <summary>The requests answered so far, oldest first. A watch appears when it starts and again when it ends.</summary>
    /// <param name="path"><see cref="ControlPlane.AuditLogPath"/>.</param>
    /// <param name="containing">A text that is in every event wanted, which spares reading the others; the caller still has to look where it is. Null for all.</param>
    public static IReadOnlyList<AuditEvent> Read(string path, string? containing = null)
    {
        if (!File.Exists(path))
        {
            return [];
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file);
        var events = new List<AuditEvent>();
        for (var line = reader.ReadLine(); line is not null;)
        {
            var next = reader.ReadLine();
            if (containing is null || line.Contains(containing, StringComparison.Ordinal))
            {
                try
                {
                    events.Add(Parse(line));
                }
                catch (JsonException) when (next is null)
                {
                    // The server is in the middle of its last line.
                }
            }
            line = next;
        }
        return events;
    }

    private static AuditEvent Parse(string line)
    {
        using var document = JsonDocument.Parse(line);
        var root = document.RootElement;
        var target = root.TryGetProperty("objectRef", out var reference) ? reference : default;
        var subresource = Text(target, "subresource");
        return new AuditEvent(
            Text(root.GetProperty("user"), "username"),
            Text(root, "verb"),
            Text(target, "apiGroup"),
            Text(target, "resource") + (subresource.Length == 0 ? string.Empty : "/" + subresource),
            Text(target, "namespace"),
            Text(target, "name"),
            root.TryGetProperty("responseStatus", out var status) ? status.GetProperty("code").GetInt32() : 0,
            Text(root, "requestURI"),
            root.GetProperty("requestReceivedTimestamp").GetDateTimeOffset(),
            Text(root, "userAgent"));
    }

    private static string Text(JsonElement parent, string property) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(property, out var value) ? value.GetString() ?? string.Empty : string.Empty;
}
