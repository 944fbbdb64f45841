using System.Globalization;
using System.Text.Json.Nodes;
using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Clients.Soak;

/// <summary>
/// An hour of a gateway's work in about a minute. In that hour ten services at a time, forty in all, send one request of each signal every five seconds (14,400 requests); each is here one
/// of twenty in a round, and there are 720 rounds. Sentry's clock moves five seconds with each, so that limits and what Relay remembers run out as in an hour. Every half minute of it one of thirteen
/// events comes about: projects deleted and made anew, renamed, keys rotated, Sentry failing, limiting, hanging, resetting connections. The gateway is scraped every fifteen seconds of
/// the hour, in the middle of the traffic. What is not compressed is the gateway's own clock: the times that it waits for are configured shorter instead.
/// <c>SOAK_SECONDS</c> adds further hours, a minute each.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int RoundsOfAnHour = 720;
    private const int RoundsOfASample = 3;
    private const int Seed = 2026;

    private static readonly TimeSpan FiveSeconds = TimeSpan.FromSeconds(5);

    // Whoever has less than this machine takes longer: the work is the same.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(70);

    private static readonly int Rounds = Math.Max(
        RoundsOfAnHour, (int)(double.Parse(Environment.GetEnvironmentVariable("SOAK_SECONDS") ?? "50", CultureInfo.InvariantCulture) / Pace.TotalSeconds));

    private static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Books_balance_at_every_sample_and_nothing_grows_in_an_hours_work()
    {
        await using var sentry = await SentryProcess.StartAsync(["--recorded-items", "1000"]);
        var settings = new GatewaySettings
        {
            Exporter =
            [
                "auto_create_projects: true",
                "projects: {team: platform, refresh_interval: 10s, max_created_per_minute: 600}",
                "queue: {max_age: 20s, parking: {max_age: 20s}}",
                "timeout: 2s",
            ],
            MemoryLimiter = "{limit_mib: 128}",
        };
        await using var world = await ClientWorld.StartAsync(sentry, settings);
        using var clients = new SoakClients(world.Gateway);
        var events = new SoakEvents(world.Sentry, Seed);
        var samples = new List<Sample>();
        var start = TimeProvider.System.GetTimestamp();
        for (var round = 0; round < Rounds; round++)
        {
            var pace = Task.Delay(Pace, Cancelled);
            await events.RoundAsync(round);
            var sample = round % RoundsOfASample == 0 ? SampleAsync(world, TimeProvider.System.GetElapsedTime(start)) : null;
            await clients.RoundAsync(SoakServices.Of(round), round, Cancelled);
            if (sample is not null)
            {
                samples.Add(await sample);
            }

            await world.Sentry.AdvanceAsync(FiveSeconds);
            await pace;
        }

        await events.EndAsync();
        await world.Sentry.ResetAsync();
        await world.SettleAsync();
        output.WriteLine($"{samples.Count} samples in {SoakReport.Write(samples)}");

        // Every item that was acknowledged is in the books, and what they call sent was seen by Sentry.
        var books = await world.BooksAsync();
        Assert.Equal(clients.Taken, books.Sum("items_accepted_total"));
        Assert.Equal(clients.Taken, books.Sum("items_sent_total") + books.Sum("items_dropped_total"));
        Assert.Equal(0, books.Sum("admission_reserved_bytes"));
        Assert.True(await SeenBySentryAsync(world.Sentry) >= books.Sum("items_sent_total"), "Sentry saw all that is called sent");
        Assert.True(books.Sum("items_sent_total") > (clients.Taken + clients.Refused) / 2, "most of it arrives");
        Assert.All(Enum.GetValues<SoakEvent>(), kind => Assert.True(events.Happened.GetValueOrDefault(kind) >= 5, $"{kind}: {events.Happened.GetValueOrDefault(kind)} times"));
        Assert.All(SampleSeries.All.Where(series => series.Bound is not null), series => AssertFlat(series, samples));
    }

    private static async Task<Sample> SampleAsync(ClientWorld world, TimeSpan at)
    {
        var (text, books) = await world.ScrapeAsync();
        return Sample.Of(at.TotalSeconds, text, books, world.Gateway.ProcessId);
    }

    private static async Task<long> SeenBySentryAsync(StandIn sentry) => JsonNode.Parse(await sentry.ControlAsync(HttpMethod.Get, "received"))!["projects"]!.AsArray()
        .Select(project => project!["totals"]!)
        .Sum(totals => (long)totals["spans"]! + (long)totals["logs"]! + (long)totals["lost"]!);

    // In the first third every service and every kind of trouble comes for the first time: code is compiled, pools and tables fill.
    private void AssertFlat(SampleSeries series, List<Sample> samples)
    {
        var values = samples.Skip(samples.Count / 3).Select(series.Value).ToList();
        var slope = Trend.SlopeOf(values);
        var told = string.Create(
            CultureInfo.InvariantCulture, $"{series.Name}: {slope:0.###} a sample (bound {series.Bound}), {values.Min():N0} to {values.Max():N0} after the first third");
        output.WriteLine(told);
        Assert.True(slope <= series.Bound, told);
    }
}
