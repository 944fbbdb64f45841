using System.Globalization;
using System.Text.RegularExpressions;

namespace SentryOtel.Benchmarks.Load;

/// <summary>What a load generator saw.</summary>
/// <param name="Requests">Answered with success.</param>
/// <param name="Failed">Answered otherwise, or not at all.</param>
/// <param name="P50">Median latency.</param>
/// <param name="P99">99th percentile.</param>
internal readonly record struct LoadResult(long Requests, long Failed, TimeSpan P50, TimeSpan P99);

/// <summary>Sends a scenario's bodies: wrk over HTTP/1.1, h2load over HTTP/2 and at a given rate.</summary>
internal static class LoadGenerator
{
    private const int Connections = 16;
    private const int StreamsPerConnection = 4;

    /// <summary>As fast as the server takes them.</summary>
    public static Task<LoadResult> SaturateAsync(LoadOptions options, Scenario scenario, Payload payload, int port, int seconds) =>
        scenario.IsGrpc ? H2LoadAsync(options, scenario, payload, port, seconds, null) : WrkAsync(options, scenario, payload, port, seconds);

    /// <summary>At a rate, in requests per second.</summary>
    public static Task<LoadResult> AtRateAsync(LoadOptions options, Scenario scenario, Payload payload, int port, int seconds, double rate) =>
        H2LoadAsync(options, scenario, payload, port, seconds, rate);

    private static async Task<LoadResult> WrkAsync(LoadOptions options, Scenario scenario, Payload payload, int port, int seconds)
    {
        var script = Path.Combine(options.Folder, $"{scenario.Name}.lua");
        await File.WriteAllTextAsync(script, $$"""
            local requests, at = {}, 0
            function init(args)
              local headers = {{{string.Join(", ", Headers(scenario).Select(pair => $"[\"{pair.Name}\"] = \"{pair.Value}\""))}}}
              for i, name in ipairs({{{string.Join(", ", payload.Files.Select(file => $"\"{file}\""))}}}) do
                local file = io.open(name, "rb")
                requests[i] = wrk.format("POST", "{{scenario.Path}}", headers, file:read("*a"))
                file:close()
              end
            end
            function request()
              at = at % #requests + 1
              return requests[at]
            end

            """);
        await using var wrk = ChildProcess.Start(
            options.LoadCore, "wrk", "-t1", $"-c{Connections}", $"-d{seconds}s", "--latency", "--timeout", "10s", "-s", script, $"http://127.0.0.1:{port}/");
        var output = await wrk.CompleteAsync();
        var all = Number(output, @"(\d+) requests in");
        var failed = Number(output, @"Non-2xx or 3xx responses: (\d+)")
            + Number(output, @"connect (\d+), read \d+, write \d+, timeout \d+") + Number(output, @"connect \d+, read (\d+), write \d+, timeout \d+")
            + Number(output, @"connect \d+, read \d+, write (\d+), timeout \d+") + Number(output, @"connect \d+, read \d+, write \d+, timeout (\d+)");
        return new LoadResult(all - failed, failed, Latency(output, "50%"), Latency(output, "99%"));
    }

    private static async Task<LoadResult> H2LoadAsync(LoadOptions options, Scenario scenario, Payload payload, int port, int seconds, double? rate)
    {
        var log = Path.Combine(options.Folder, $"{scenario.Name}.log");
        File.Delete(log);

        // A client of h2load sends one body only, so several of them run at a time. It does not stop cleanly at a time given, so at a rate the number decides.
        List<string> arguments = ["-t1", $"-c{Connections}", $"--log-file={log}", $"--data={payload.Files[0]}"];
        arguments.AddRange(Headers(scenario).SelectMany(pair => (string[])["-H", $"{pair.Name}: {pair.Value}"]));
        arguments.AddRange(scenario.IsGrpc ? [$"-m{StreamsPerConnection}"] : ["--h1", "-m1"]);
        arguments.AddRange(rate is { } each
            ? [$"--rps={Math.Max(1, each / Connections).ToString("0.##", CultureInfo.InvariantCulture)}", $"-n{Math.Max(Connections, (int)(each * seconds))}"]
            : [$"-D{seconds}"]);
        await using var h2load = ChildProcess.Start(options.LoadCore, ["h2load", .. arguments, $"http://127.0.0.1:{port}{scenario.Path}"]);
        await h2load.CompleteAsync();
        var rows = File.ReadLines(log).Select(line => line.Split('\t')).ToList();
        var answered = rows.Where(row => row[1] == "200").Select(row => Number(row[2])).ToList();

        // A stream that waits for an answer sends its next requests late, and their wait would be missing (coordinated omission): a wait of several intervals stands for
        // the requests that were due meanwhile, too.
        var streams = Connections * (scenario.IsGrpc ? StreamsPerConnection : 1);
        var interval = rate is { } wanted ? Math.Max(1, (long)(streams / wanted * 1_000_000)) : long.MaxValue;
        var latencies = answered.SelectMany(latency => Waits(latency, interval)).Order().ToList();
        return new LoadResult(answered.Count, rows.Count - answered.Count, At(0.5), At(0.99));

        TimeSpan At(double part) => latencies.Count == 0 ? TimeSpan.Zero : TimeSpan.FromMicroseconds(latencies[(int)((latencies.Count - 1) * part)]);
    }

    private static IEnumerable<long> Waits(long latency, long interval)
    {
        yield return latency;
        for (var missing = latency - interval; missing >= interval; missing -= interval)
        {
            yield return missing;
        }
    }

    private static IEnumerable<(string Name, string Value)> Headers(Scenario scenario)
    {
        yield return ("content-type", scenario.IsGrpc ? "application/grpc" : "application/x-protobuf");
        if (scenario.IsGrpc)
        {
            yield return ("te", "trailers");
        }

        if (scenario.IsGzip)
        {
            yield return (scenario.IsGrpc ? "grpc-encoding" : "content-encoding", "gzip");
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static long Number(string text, string pattern) => Regex.Match(text, pattern) is { Success: true } match ? Number(match.Groups[1].Value) : 0;

    // wrk: "     99%   12.34ms"
    private static TimeSpan Latency(string output, string part)
    {
        var match = Regex.Match(output, $@"^\s+{part}\s+([\d.]+)(us|ms|s)", RegexOptions.Multiline);
        if (!match.Success)
        {
            return TimeSpan.Zero;
        }

        var value = double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture);
        return match.Groups[2].Value switch
        {
            "us" => TimeSpan.FromMicroseconds(value),
            "ms" => TimeSpan.FromMilliseconds(value),
            _ => TimeSpan.FromSeconds(value),
        };
    }
}
