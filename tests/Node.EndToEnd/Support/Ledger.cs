using SentryOtel.Testing;

namespace SentryOtel.Node.EndToEnd.Support;

/// <summary>Holds what services say they handed over against what Sentry got.</summary>
internal sealed class Ledger(World world)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>
    /// The service goes on handing over, and every item that its gateway has taken so far arrives in the service's project, none of them twice or elsewhere, and nothing is there
    /// that it did not send.
    /// </summary>
    /// <param name="namespace">Where the service runs.</param>
    /// <param name="service">Name of the Deployment, the service and the project.</param>
    /// <param name="spans">How many more spans than now it hands over first.</param>
    /// <param name="twice">Whether an item may arrive more than once, and some may not be handed over: its gateway was killed between taking them and saying so.</param>
    public async Task BalancesAsync(string @namespace, string service, int spans = 10, bool twice = false)
    {
        var cancellation = TestContext.Current.CancellationToken;
        var reported = await ProgressAsync(@namespace, service, spans);
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

        var (arrivedSpans, arrivedLogs) = Received(service);
        Assert.Empty(Elsewhere(service));
        if (!twice)
        {
            Assert.Empty(arrivedSpans.Concat(arrivedLogs).GroupBy(static id => id).Where(static group => group.Count() > 1).Select(static group => group.Key));
        }

        // The service says what it sent after the gateway has it, so that Sentry may be ahead for a moment.
        await Eventually.HoldsAsync(
            async () =>
            {
                var later = await ReadAsync(@namespace, service);
                Assert.Empty(twice ? [] : later.Spans.Failed.Concat(later.Logs.Failed).Select(id => $"{service} could not hand over {id}"));
                return arrivedSpans.All(later.Spans.Contains) && arrivedLogs.All(later.Logs.Contains);
            },
            Patience,
            $"only data of {service} in its project",
            cancellation);
    }

    /// <summary>Waits until a service has handed over so many more spans than now.</summary>
    /// <returns>What it has handed over by then.</returns>
    public async Task<Reported> ProgressAsync(string @namespace, string service, int spans)
    {
        var before = (await ReadAsync(@namespace, service)).Spans.Taken.Count;
        return await Eventually.GetAsync(
            async () => await ReadAsync(@namespace, service) is { } now && now.Spans.Taken.Count >= before + spans ? now : null,
            Patience,
            $"{spans} more spans of {service}",
            TestContext.Current.CancellationToken);
    }

    /// <summary>How many items of a service are in its project by now.</summary>
    public int Arrived(string service) => Received(service) is var (spans, logs) ? spans.Count + logs.Count : 0;

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

    /// <summary>What became of items: the gateway took them, or did not although they were offered several times.</summary>
    internal sealed record Fates(HashSet<string> Taken, HashSet<string> Failed)
    {
        public bool Contains(string id) => Taken.Contains(id) || Failed.Contains(id);
    }

    /// <summary>What a service says.</summary>
    internal sealed record Reported
    {
        public Fates Spans { get; } = new([], []);

        public Fates Logs { get; } = new([], []);
    }
}
