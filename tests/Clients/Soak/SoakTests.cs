using System.Globalization;
using System.Net.Http.Headers;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Clients.Soak;

/// <summary>
/// The gateway's program under mixed traffic, services that come and go, and a Sentry that fails in turns. <c>SOAK_SECONDS</c> makes it longer than a minute. The books must balance at
/// every sample, and what the process holds must not grow once it is warm.
/// </summary>
public sealed class SoakTests(SentryProcess sentry) : IClassFixture<SentryProcess>, IDisposable
{
    private const int ServicesAtATime = 12;
    private const int RoundsOfAService = 40;

    private static readonly TimeSpan Length = TimeSpan.FromSeconds(
        double.TryParse(Environment.GetEnvironmentVariable("SOAK_SECONDS"), CultureInfo.InvariantCulture, out var seconds) ? seconds : 60);

    private readonly HttpClient _http = new();
    private long _taken;

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Books_balance_at_every_sample_and_nothing_grows()
    {
        var settings = new GatewaySettings { Exporter = ["auto_create_projects: true", "projects: {team: platform}", "queue: {max_age: 30s}"], MemoryLimiter = "{limit_mib: 128}" };
        await using var world = await ClientWorld.StartAsync(sentry, settings);
        var samples = new List<Sample>();
        var end = TimeProvider.System.GetUtcNow() + Length;
        for (var round = 0; TimeProvider.System.GetUtcNow() < end; round++)
        {
            await TroubleAsync(round);
            await Task.WhenAll(Enumerable.Range(0, ServicesAtATime).Select(slot => SendAsync(world, ServiceOf(slot, round), round)));
            samples.Add(await SampleAsync(world));
        }

        await world.Sentry.ResetAsync();
        await world.SettleAsync();

        var books = await world.BooksAsync();
        Assert.Equal(_taken, books.Sum("items_accepted_total"));
        Assert.Equal(_taken, books.Sum("items_sent_total") + books.Sum("items_dropped_total"));
        Assert.Equal(0, books.Sum("admission_reserved_bytes"));
        Assert.True(books.Sum("items_sent_total") > _taken / 2, "most of it arrives");
        AssertFlat(samples, sample => sample.ResidentBytes, 1.25, 24L << 20);
        AssertFlat(samples, sample => sample.OpenFiles, 1.25, 24);
        AssertFlat(samples, sample => sample.Threads, 1.25, 8);
    }

    // Each service lives for some rounds, and another takes its place.
    private static string ServiceOf(int slot, int round) =>
        string.Create(CultureInfo.InvariantCulture, $"soak-{slot}-{((round + (slot * 7)) / RoundsOfAService) % 5}");

    private async Task TroubleAsync(int round)
    {
        var fault = (round % 60) switch
        {
            10 => new Fault { Path = "/api/*/integration/**", Side = ServerSide.Ingest, Count = 20, Answer = new FaultAnswer { Status = 503 } },
            20 => new Fault { Path = "/api/*/integration/**", Side = ServerSide.Ingest, Count = 10, Reset = FaultPoint.Before },
            30 => new Fault { Path = "/api/*/integration/**", Side = ServerSide.Ingest, Count = 10, Answer = new FaultAnswer { Status = 429, Headers = new Dictionary<string, string> { ["Retry-After"] = "1" } } },
            40 => new Fault { Path = "/api/*/integration/**", Side = ServerSide.Ingest, Count = 10, DelayAfterSeconds = 3 },
            50 => new Fault { Path = "/api/*/integration/**", Side = ServerSide.Ingest, Count = 5, Answer = new FaultAnswer { Status = 413 } },
            _ => null,
        };
        if (fault is not null)
        {
            await sentry.StandIn.FaultAsync(fault);
        }

        if (round % 30 == 0)
        {
            // The stand-in keeps all it receives; this is a test of the gateway.
            await sentry.StandIn.ControlAsync(HttpMethod.Delete, "received");
            await sentry.StandIn.ControlAsync(HttpMethod.Delete, "requests");
        }
    }

    private async Task SendAsync(ClientWorld world, string service, int round)
    {
        var isLog = round % 3 == 0;
        const int Items = 50;
        var prefix = string.Create(CultureInfo.InvariantCulture, $"r{round}");
        var body = isLog
            ? Requests.Logs(service, [.. Enumerable.Range(0, Items).Select(i => $"{prefix} line {i}")])
            : Requests.Spans(service, Items, prefix);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        using var answer = await _http.PostAsync(new Uri(world.Gateway.Http, isLog ? "v1/logs" : "v1/traces"), content, TestContext.Current.CancellationToken);
        var partial = await answer.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken);
        if (answer.IsSuccessStatusCode && partial.Length == 0)
        {
            Interlocked.Add(ref _taken, Items);
        }
    }

    private async Task<Sample> SampleAsync(ClientWorld world)
    {
        await world.BooksAsync();
        var text = await _http.GetStringAsync(new Uri(world.Gateway.Metrics, "metrics"), TestContext.Current.CancellationToken);
        return new Sample(Value("process_resident_memory_bytes"), Value("process_open_fds"), Value("process_threads"));

        long Value(string name) => (long)double.Parse(
            text.Split('\n').Single(line => line.StartsWith(name + " ", StringComparison.Ordinal) || line.StartsWith(name + "{", StringComparison.Ordinal)).Split(' ')[^1], CultureInfo.InvariantCulture);
    }

    // The first third warms up; the last must hold no more than the one before, within what a collector and a pool leave open.
    private static void AssertFlat(List<Sample> samples, Func<Sample, long> value, double factor, long allowance)
    {
        var third = samples.Count / 3;
        Assert.True(third > 3, $"{samples.Count} samples are too few: make SOAK_SECONDS longer");
        var before = Median(samples.Skip(third).Take(third).Select(value));
        var after = Median(samples.Skip(2 * third).Select(value));
        Assert.True(after <= (before * factor) + allowance, $"{before} grew to {after}");
    }

    private static long Median(IEnumerable<long> values) => values.Order().ToArray() is var sorted ? sorted[sorted.Length / 2] : 0;

    private sealed record Sample(long ResidentBytes, long OpenFiles, long Threads);
}
