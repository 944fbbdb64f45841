using System.Diagnostics;
using System.Globalization;

namespace SentryOtel.Benchmarks.Load;

/// <summary>A whole run: all scenarios, then a steady trickle, then the search for every id.</summary>
internal sealed class LoadRun(LoadOptions options, TextWriter output)
{
    private const int TrickleItemsPerSecond = 10_000;

    private readonly int _sinkPort = Loopback.FreePort();
    private bool _isLossless = true;

    /// <summary>False when something was lost.</summary>
    public async Task<bool> RunAsync()
    {
        await using var sink = Nginx.StartSink(options, _sinkPort);
        await Loopback.WaitAsync(_sinkPort, sink);
        Write($"Gateway {options.Gateway}, on core {options.GatewayCore}; medians of {options.Rounds} rounds of {options.Seconds} s.");
        Write("Items are spans or log records; per CPU-second of the program under test. nginx forwards the same bytes over HTTP/1.1.");
        Write("Half load is half of the requests per second that full load reached; its latencies are corrected for requests that were late because an answer was (coordinated omission), those of full load are not.");
        Write("");
        Write("| scenario | bytes/item (wire) | items/CPU-s | lowest-highest | nginx items/CPU-s | ratio | target | p50 / p99 full | p50 / p99 half load | peak MiB | GC 0/1/2 | bytes allocated/item | failed | lost |");
        Write("|---|---|---|---|---|---|---|---|---|---|---|---|---|---|");
        foreach (var scenario in Scenario.All.Where(each => each.Name.Contains(options.Only, StringComparison.Ordinal)))
        {
            await MeasureAsync(scenario);
        }

        if (options.Only.Length == 0)
        {
            await TrickleAsync();
            var requests = options.Rounds == 1 ? 48 : 480;
            var (sent, missing, doubled, foreign) = await Delivery.CheckAsync(options, requests);
            Write($"Delivery: {sent} items with ids of their own in {requests} requests; {missing} missing, {doubled} doubled, {foreign} of unknown origin.");
            _isLossless &= missing == 0 && doubled == 0 && foreign == 0;
        }

        Write(_isLossless ? "Nothing was lost." : "SOMETHING WAS LOST.");
        return _isLossless;
    }

    private async Task MeasureAsync(Scenario scenario)
    {
        var payload = new Payload(scenario, options.Folder);
        await using var gateway = await GatewayProcess.StartAsync(options, Dsns(scenario.Services));
        var port = scenario.IsGrpc ? gateway.Grpc : gateway.Http;
        var proxyPort = Loopback.FreePort();
        await using var proxy = Nginx.StartProxy(options, proxyPort, _sinkPort);
        await Loopback.WaitAsync(proxyPort, proxy);

        await LoadGenerator.SaturateAsync(options, scenario, payload, port, options.WarmUpSeconds);
        await gateway.DrainAsync();
        var (own, others, results) = (new List<double>(), new List<double>(), new List<LoadResult>());
        var start = await gateway.ReadAsync();
        for (var round = 0; round < options.Rounds; round++)
        {
            var before = await gateway.ReadAsync();
            var cpu = gateway.Process.CpuTime;
            results.Add(await LoadGenerator.SaturateAsync(options, scenario, payload, port, options.Seconds));
            var after = await gateway.DrainAsync();
            own.Add((after.Accepted - before.Accepted) / (gateway.Process.CpuTime - cpu).TotalSeconds);

            cpu = proxy.CpuTime;
            var forwarded = await LoadGenerator.SaturateAsync(options, scenario with { IsGrpc = false }, payload, proxyPort, Math.Max(1, options.Seconds / 2));
            others.Add(forwarded.Requests * scenario.Items / (proxy.CpuTime - cpu).TotalSeconds);
        }

        var rounds = await gateway.ReadAsync();
        var peak = gateway.Process.PeakResidentMiB;
        var full = Median([.. results.Select(result => result.Requests / (double)options.Seconds)]);
        var half = await LoadGenerator.AtRateAsync(options, scenario, payload, port, options.Seconds, full / 2);
        var books = await gateway.DrainAsync();
        _isLossless &= books.IsLossless;
        var ratio = Median(own) / Median(others);
        Write(string.Join(" | ",
            $"| {scenario.Name}, {scenario.Services} x {scenario.ItemsPerService}",
            Text($"{payload.PlainBytes / (double)scenario.Items:0} ({payload.WireBytes / (double)scenario.Items:0})"),
            Thousands(Median(own)),
            $"{Thousands(own.Min())}-{Thousands(own.Max())}",
            Thousands(Median(others)),
            Text($"{ratio:0.000}{(scenario.TargetRatio is { } wanted ? ratio >= wanted ? " (>= " + Text($"{wanted})") : " (BELOW " + Text($"{wanted})") : "")}"),
            Thousands(scenario.Target),
            Latencies(results[results.Count / 2]),
            Latencies(half),
            Text($"{peak:0}"),
            rounds.CollectionsSince(start),
            Text($"{(rounds.Allocated - start.Allocated) / (double)(rounds.Accepted - start.Accepted):0.0}"),
            Text($"{results.Sum(each => each.Failed)}"),
            $"{books.Accepted - books.Sent} |"));
    }

    private async Task TrickleAsync()
    {
        var scenario = Scenario.All[0];
        var payload = new Payload(scenario, options.Folder);
        var (ready, idle) = (new List<double>(), new List<double>());
        for (var start = 0; start < Math.Min(3, options.Rounds); start++)
        {
            await using var fresh = await GatewayProcess.StartAsync(options, Dsns(1));
            await Task.Delay(TimeSpan.FromSeconds(1));
            ready.Add(fresh.ReadyAfter.TotalMilliseconds);
            idle.Add(fresh.Process.ResidentMiB);
        }

        await using var gateway = await GatewayProcess.StartAsync(options, Dsns(1));
        var rate = TrickleItemsPerSecond / (double)scenario.Items;
        await LoadGenerator.AtRateAsync(options, scenario, payload, gateway.Http, options.WarmUpSeconds * 2, rate);
        var cpu = gateway.Process.CpuTime;
        var watch = Stopwatch.StartNew();
        var result = await LoadGenerator.AtRateAsync(options, scenario, payload, gateway.Http, options.Seconds * 3, rate);
        var share = (gateway.Process.CpuTime - cpu) / watch.Elapsed;
        var books = await gateway.DrainAsync();
        _isLossless &= books.IsLossless;
        Write("");
        Write(Text($"Ready after {Median(ready):0} ms (target 250); idle {Median(idle):0} MiB (target 40)."));
        Write(Text($"{result.Requests * scenario.Items / watch.Elapsed.TotalSeconds:0} spans a second, gzip: {share:0.0%} of a core (target 6 %), {gateway.Process.PeakResidentMiB:0} MiB at most, {Latencies(result)} p50 / p99."));
    }

    private Dictionary<string, string> Dsns(int services) => Enumerable.Range(0, services)
        .ToDictionary(number => $"service-{number}", number => $"http://0123456789abcdef0123456789abcdef@127.0.0.1:{_sinkPort}/{number + 1}");

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);

    private static string Thousands(double value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Latencies(LoadResult result) => Text($"{result.P50.TotalMilliseconds:0.0} / {result.P99.TotalMilliseconds:0.0} ms");

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private void Write(string line)
    {
        output.WriteLine(line);
        output.Flush();
    }
}
