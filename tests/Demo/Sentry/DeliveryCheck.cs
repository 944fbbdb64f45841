using SentryOtel.Demo.Telemetry;

namespace SentryOtel.Demo.Sentry;

/// <summary>Compares what was sent with what arrived: everything, once, in the right project, and nothing else.</summary>
internal static class DeliveryCheck
{
    /// <summary>What is wrong, a sentence each; empty when all is well.</summary>
    public static IReadOnlyList<string> Faults(IReadOnlyCollection<SentTelemetry> sent, IReadOnlyCollection<ProjectReceipt> received) =>
    [
        .. Faults("span", sent.SelectMany(s => s.SpanIds.Select(id => (id, s.Service))), received, receipt => receipt.SpanIds),
        .. Faults("log", sent.SelectMany(s => s.LogBodies.Select(body => (body, s.Service))), received, receipt => receipt.LogBodies),
    ];

    private static IEnumerable<string> Faults(
        string kind,
        IEnumerable<(string Id, DemoService Service)> sent,
        IReadOnlyCollection<ProjectReceipt> received,
        Func<ProjectReceipt, IReadOnlyList<string>> items)
    {
        var places = received.SelectMany(receipt => items(receipt).Select(id => (id, receipt.Project))).ToLookup(item => item.id, item => item.Project, StringComparer.Ordinal);
        var expected = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (id, service) in sent)
        {
            expected.Add(id);
            var projects = places[id].ToList();
            if (projects.Count == 0)
            {
                yield return $"{kind} {id} of {service.Name} did not arrive";
            }
            else if (projects.Count > 1)
            {
                yield return $"{kind} {id} of {service.Name} arrived {projects.Count} times: {string.Join(", ", projects)}";
            }
            else if (projects[0] != service.ProjectSlug)
            {
                yield return $"{kind} {id} of {service.Name} arrived in {projects[0]} instead of {service.ProjectSlug}";
            }
        }

        foreach (var stranger in places.Where(place => !expected.Contains(place.Key)))
        {
            yield return $"{kind} {stranger.Key} in {stranger.First()} was sent by nobody";
        }
    }
}
