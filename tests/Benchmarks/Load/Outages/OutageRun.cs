using System.Diagnostics;
using System.Globalization;

namespace SentryOtel.Benchmarks.Load.Outages;

/// <summary>Sentry goes away under load and comes back: what clients are told, what memory it takes, and whether anything is lost.</summary>
internal sealed class OutageRun(LoadOptions options, TextWriter output)
{
    private static readonly TimeSpan LeadIn = TimeSpan.FromSeconds(3);

    private readonly TimeSpan _outage = TimeSpan.FromSeconds(options.OutageSeconds);
    private bool _isRight = true;

    /// <summary>False when something was lost or memory did not stay within its limit.</summary>
    public async Task<bool> RunAsync()
    {
        // The clients and the sink are this process: off the core of the program under test.
        using var self = Process.GetCurrentProcess();
        self.ProcessorAffinity = 1 << options.LoadCore;
        Write($"Sentry is away for {_outage.TotalSeconds:0} s, after {LeadIn.TotalSeconds:0} s of load; the load ends when it is back, what was refused comes again. Spans; gzip, one service x 100, or plain for overload.");
        Write($"");
        Write($"| outage | offered | acknowledged | told to back off, requests | answered within, p99 | sent | dropped | taken by Sentry | lost | queued at most MiB | peak MiB (limit) | all sent after |");
        Write($"|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var scenario in OutageScenario.All.Where(each => each.Name.Contains(options.Only, StringComparison.Ordinal)))
        {
            await MeasureAsync(scenario);
        }

        Write(_isRight ? (FormattableString)$"Nothing was lost, memory stayed within its limits." : $"SOMETHING WAS LOST OR A LIMIT PASSED.");
        return _isRight;
    }

    private async Task MeasureAsync(OutageScenario scenario)
    {
        await using var sink = await OutageSink.StartAsync();
        using var group = scenario.ContainerMiB is { } mib ? MemoryGroup.TryCreate(mib) : null;
        await using var gateway = await GatewayProcess.StartAsync(
            options,
            new Dictionary<string, string> { ["service-0"] = $"http://0123456789abcdef0123456789abcdef@127.0.0.1:{sink.Port}/1" },
            new GatewayMemory(scenario.LimitMiB, scenario.ContainerMiB, group));
        using var load = LoadOn(gateway, scenario);
        var loading = load.RunAsync(LeadIn + _outage);
        await Task.Delay(LeadIn);
        sink.Mode = scenario.Outage;
        var queued = await WatchAsync(gateway, _outage);
        sink.Mode = SinkMode.Takes;
        var back = Stopwatch.StartNew();
        var offered = await loading;
        var books = await gateway.DrainAsync();
        var drained = back.Elapsed;

        var lost = load.Acknowledged - sink.Taken;
        var peak = group?.PeakMiB ?? gateway.Process.PeakResidentMiB;
        var limit = scenario.LimitMiB ?? scenario.ContainerMiB;
        _isRight &= lost <= 0 && books.IsLossless && sink.Taken == books.Sent && (limit is null || peak <= limit) && group is not { Kills: > 0 };
        Write($"| {scenario.Name} | {offered:#,0} | {load.Acknowledged:#,0} | {Text(load.Refusals)} | {load.AnsweredWithin.TotalMilliseconds:0} ms | {books.Sent:#,0} | {Text(books.Drops)} | {sink.Taken:#,0} | {Math.Max(0, lost):#,0} | {queued:0} | {peak:0} ({(limit is null ? "none" : limit)}) | {drained.TotalSeconds:0.0} s |");
    }

    private IOutageLoad LoadOn(GatewayProcess gateway, OutageScenario scenario)
    {
        var kind = Scenario.All.First(each => each is { IsGrpc: false, Services: 1 } && each.IsGzip == scenario.SpansPerSecond.HasValue);
        var payload = new Payload(kind, options.Folder);
        return scenario.SpansPerSecond is { } rate
            ? new RetryingClient(new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{gateway.Http}")), kind, payload, rate)
            : new Flood(options, kind, payload, gateway.Http);
    }

    // The most that was reserved for requests and queues, looked at while Sentry is away.
    private static async Task<double> WatchAsync(GatewayProcess gateway, TimeSpan time)
    {
        var most = 0L;
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < time; await Task.Delay(TimeSpan.FromMilliseconds(250)))
        {
            most = Math.Max(most, (await gateway.ReadAsync()).Reserved);
        }

        return most / (1024.0 * 1024);
    }

    private static string Text<T>(IEnumerable<KeyValuePair<string, T>> counts) =>
        counts.Any() ? string.Join(", ", counts.OrderBy(pair => pair.Key, StringComparer.Ordinal).Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}: {pair.Value:#,0}"))) : "0";

    private void Write(FormattableString line)
    {
        output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        output.Flush();
    }
}
