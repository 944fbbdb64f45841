using System.Text.Json;

namespace SentryOtel.Cluster.Requests;

/// <summary>
/// What operator and gateway asked of the API servers of a whole test run. Each control plane adds what it saw when it ends, if <see cref="Variable"/> names a
/// folder; the last test assembly compares all of it with what the chart grants.
/// </summary>
public static class RequestRecord
{
    /// <summary>The environment variable with the folder; build/run-tests sets it when it runs every assembly.</summary>
    public const string Variable = "SENTRY_OTEL_REQUESTS";

    private const string OperatorAccount = ":sentry-otel-operator";
    private const string GatewayAccount = "-gateway";
    private const string ServiceAccount = "system:serviceaccount:";

    /// <summary>The folder; null when nobody keeps a record.</summary>
    public static string? Folder => Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } folder ? folder : null;

    /// <summary>All that was kept so far.</summary>
    public static IReadOnlyList<ProgramRequest> Read(string folder) =>
    [
        .. Directory.EnumerateFiles(folder, "*.json")
            .Order(StringComparer.Ordinal)
            .SelectMany(static path => JsonSerializer.Deserialize(File.ReadAllBytes(path), ProgramRequestJson.Default.ListProgramRequest)!)
            .Distinct(),
    ];

    /// <summary>Keeps what our programs asked, each kind of request once.</summary>
    /// <param name="folder">Where the record is; made when it is not there.</param>
    /// <param name="requests">The audit log.</param>
    public static void Keep(string folder, IEnumerable<AuditEvent> requests)
    {
        var kept = WithoutWithdrawn(requests).Select(Of).OfType<ProgramRequest>().Distinct().ToList();
        if (kept.Count == 0)
        {
            return;
        }

        Directory.CreateDirectory(folder);
        File.WriteAllBytes(Path.Combine(folder, $"{Guid.NewGuid():n}.json"), JsonSerializer.SerializeToUtf8Bytes(kept, ProgramRequestJson.Default.ListProgramRequest));
    }

    /// <summary>The request as it is kept; null when it is nobody's of ours, or for no resource.</summary>
    public static ProgramRequest? Of(AuditEvent request) => request.Resource.Length > 0 && ProgramOf(request) is { } program
        ? new ProgramRequest(
            program, request.User, request.Verb, request.ApiGroup, request.Resource, request.Namespace, request.Resource is "configmaps" or "leases" ? request.Name : "", request.Code)
        : null;

    /// <summary>
    /// Without what was refused because the rights had just been taken away, while the pods were on their way out: the operator's by an uninstall, a gateway's with
    /// its exporter.
    /// </summary>
    public static IEnumerable<AuditEvent> WithoutWithdrawn(IEnumerable<AuditEvent> requests)
    {
        var withdrawn = new HashSet<string>(StringComparer.Ordinal);
        foreach (var request in requests.OrderBy(static request => request.Time))
        {
            if (request is { IsWrite: true, Code: < 300 } && BoundAccount(request) is { } account)
            {
                _ = request.Verb == "delete" ? withdrawn.Add(account) : withdrawn.Remove(account);
            }

            if (request.Code != 403 || !withdrawn.Any(name => request.User.EndsWith(name, StringComparison.Ordinal)))
            {
                yield return request;
            }
        }
    }

    // The end of the name of the account that a role or binding of ours is for. The chart's begin with the operator's name; a gateway's has the name of its account.
    private static string? BoundAccount(AuditEvent request) => request.Resource switch
    {
        "clusterroles" or "clusterrolebindings" or "roles" or "rolebindings" when request.Name.StartsWith(OperatorAccount[1..], StringComparison.Ordinal) => OperatorAccount,
        "roles" or "rolebindings" when request.Name.EndsWith(GatewayAccount, StringComparison.Ordinal) => $":{request.Namespace}:{request.Name}",
        _ => null,
    };

    private static string? ProgramOf(AuditEvent request)
    {
        var isAccount = request.User.StartsWith(ServiceAccount, StringComparison.Ordinal);
        return request.UserAgent.StartsWith("sentry-otel-operator/", StringComparison.Ordinal) || (isAccount && request.User.EndsWith(OperatorAccount, StringComparison.Ordinal)) ? "operator"
            : request.UserAgent.StartsWith("sentry-otel-gateway/", StringComparison.Ordinal) || (isAccount && request.User.EndsWith(GatewayAccount, StringComparison.Ordinal)) ? "gateway"
            : null;
    }
}
