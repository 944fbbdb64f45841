using SentryOtel.Testing;

namespace SentryOtel.Node.EndToEnd.Support;

/// <summary>Holds what services say they handed over against what Sentry got.</summary>
internal sealed class Ledger(World world)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>Every item that a service's gateway has taken so far arrives in the service's project, and none of its items arrives twice, elsewhere, or was sent by nobody.</summary>
    /// <param name="namespace">Where the service runs.</param>
    /// <param name="service">Name of the Deployment, the service and the project.</param>
    /// <param name="twice">Whether an item may arrive more than once: its gateway was killed between taking and saying so.</param>
    public async Task BalancesAsync(string @namespace, string service, bool twice = false)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var reported = await ReadAsync(@namespace, service);
        Assert.NotEmpty(reported.Spans.Taken);
        Assert.NotEmpty(reported.Logs.Taken);

        IReadOnlyList<string> missing = [];
        try
        {
            await Eventually.HoldsAsync(() => (missing = Missing(reported, service)).Count == 0, Patience, $"all data of {service}", cancellation);
        }
        catch (TimeoutException late)
        {
            throw new TimeoutException($"{missing.Count} items of {service} did not arrive: {string.Join(", ", missing.Take(10))}", late);
        }

        var (spans, logs) = Received(service);
        Assert.Empty(Elsewhere(service));
        if (!twice)
        {
            Assert.Empty(spans.Concat(logs).GroupBy(static id => id).Where(static group => group.Count() > 1).Select(static group => group.Key));
        }

        // The service says what it sent after the gateway has it, so that Sentry may be ahead for a moment.
        await Eventually.HoldsAsync(
            async () =>
            {
                var later = await ReadAsync(@namespace, service);
                return spans.All(later.Spans.Contains) && logs.All(later.Logs.Contains);
            },
            Patience,
            $"only data of {service} in its project",
            cancellation);
    }

    /// <summary>What a service could not hand over so far.</summary>
    public async Task<IReadOnlyList<string>> FailedAsync(string @namespace, string service)
    {
        var reported = await ReadAsync(@namespace, service);
        return [.. reported.Spans.Failed, .. reported.Logs.Failed];
    }

    /// <summary>Waits until a service has handed over so many more spans than now.</summary>
    public async Task ProgressAsync(string @namespace, string service, int spans)
    {
        var before = (await ReadAsync(@namespace, service)).Spans.Taken.Count;
        await Eventually.HoldsAsync(
            async () => (await ReadAsync(@namespace, service)).Spans.Taken.Count >= before + spans, Patience, $"{spans} more spans of {service}", TestContext.Current.CancellationToken);
    }

    private IReadOnlyList<string> Missing(Reported reported, string service)
    {
        var (spans, logs) = Received(service);
        return [.. reported.Spans.Taken.Except(spans), .. reported.Logs.Taken.Except(logs)];
    }

    private IEnumerable<string> Elsewhere(string service)
    {
        var received = world.Sentry.State.Received;
        return
        [
            .. received.Spans().Where(span => span.ServiceName == service).Select(static span => span.Arrival.ProjectSlug)
                .Concat(received.Logs().Where(log => log.ServiceName == service).Select(static log => log.Arrival.ProjectSlug))
                .Where(project => project != service)
                .Distinct(),
        ];
    }

    private (IReadOnlyList<string> Spans, IReadOnlyList<string> Logs) Received(string project)
    {
        var received = world.Sentry.State.Received;
        return ([.. received.Spans(project).Select(static span => span.SpanId)], [.. received.Logs(project).Select(static log => log.Body.Split(' ')[1])]);
    }

    private async Task<Reported> ReadAsync(string @namespace, string service)
    {
        var reported = new Reported();
        var log = await world.KubectlAsync(["logs", $"deployment/{service}", "--namespace", @namespace]);
        // The last line may be half written.
        foreach (var line in log[..(log.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            var words = line.Split(' ');
            var signal = words[1] == "spans" ? reported.Spans : reported.Logs;
            (words[0] == "taken" ? signal.Taken : signal.Failed).UnionWith(words[2].Split(','));
        }

        return reported;
    }

    private sealed record Fates(HashSet<string> Taken, HashSet<string> Failed)
    {
        public bool Contains(string id) => Taken.Contains(id) || Failed.Contains(id);
    }

    private sealed record Reported
    {
        public Fates Spans { get; } = new([], []);

        public Fates Logs { get; } = new([], []);
    }
}
