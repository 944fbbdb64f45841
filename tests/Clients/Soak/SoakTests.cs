using System.Globalization;
using System.Text.Json.Nodes;
using SentryOtel.Gateway.Faults.Support;

namespace SentryOtel.Clients.Soak;

/// <summary>
/// An hour of a gateway's work in about a minute. In that hour ten services at a time, forty in all, send one request of each signal every five seconds (14,400 requests); each is here one
/// of twenty in a round, and there are 720 rounds. Sentry's clock moves five seconds with each, so that limits and what Relay remembers run out as in an hour. Every half minute of it one of thirteen
/// events comes about: projects deleted and made anew, renamed, keys rotated, Sentry failing, limiting, hanging, resetting connections. The gateway is scraped every fifteen seconds of
/// the hour, in the middle of the traffic. What is not compressed is the gateway's own clock: the times that it waits for are configured shorter instead.
/// <c>SOAK_SECONDS</c> adds further hours, a minute each. What queues and pools took in an hour of growing trouble looks like a rise until the trouble ends, a leak never stops rising:
/// whatever is not flat after the hour is judged once more after a second, and a third.
/// </summary>
public sealed class SoakTests(ITestOutputHelper output)
{
    private const int RoundsOfAnHour = 720;
    private const int FurtherHours = 2;
    private const int RoundsOfASample = 3;
    private const int Seed = 2026;

    private static readonly TimeSpan FiveSeconds = TimeSpan.FromSeconds(5);

    // Whoever has less than this machine takes longer: the work is the same.
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(70);

    private static readonly int Rounds = Math.Max(
        RoundsOfAnHour, (int)(double.Parse(Environment.GetEnvironmentVariable("SOAK_SECONDS") ?? "50", CultureInfo.InvariantCulture) / Pace.TotalSeconds));

    private static IReadOnlyList<SampleSeries> Bounded { get; } = [.. SampleSeries.All.Where(series => series.Bound is not null)];

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
        await WorkAsync(0, Rounds);
        for (var hour = 0; hour < FurtherHours && Bounded.Any(series => !series.IsFlat(samples)); hour++)
        {
            var rising = Bounded.Where(series => !series.IsFlat(samples)).Select(series => series.TrendOf(samples));
            output.WriteLine($"not flat after {samples.Count} samples, an hour more: {string.Join("; ", rising)}");
            await WorkAsync(Rounds + (hour * RoundsOfAnHour), RoundsOfAnHour);
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
        Assert.All(Bounded, series =>
        {
            output.WriteLine(series.TrendOf(samples));
            Assert.True(series.IsFlat(samples), series.TrendOf(samples));
        });

        async Task WorkAsync(int first, int rounds)
        {
            for (var round = first; round < first + rounds; round++)
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
        }
    }

    private static async Task<Sample> SampleAsync(ClientWorld world, TimeSpan at)
    {
        var (text, books) = await world.ScrapeAsync();
        return Sample.Of(at.TotalSeconds, text, books, world.Gateway.ProcessId);
    }

    private static async Task<long> SeenBySentryAsync(StandIn sentry) => JsonNode.Parse(await sentry.ControlAsync(HttpMethod.Get, "received"))!["projects"]!.AsArray()
        .Select(project => project!["totals"]!)
        .Sum(totals => (long)totals["spans"]! + (long)totals["logs"]! + (long)totals["lost"]!);
}
