using SentryOtel.Gateway.Faults.Support;
using SentryOtel.Otlp;
using SentryOtel.SentryServer.Faults;

namespace SentryOtel.Gateway.Faults.Programs;

/// <summary>The program, and one project that Sentry holds up: what the others send in the same requests arrives meanwhile, item by item.</summary>
public sealed class HeldProjectTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private const int Rounds = 15;

    private static readonly string[] Others = ["payroll", "billing", "search", "mail"];

    [Theory]
    [InlineData("hangs")]
    [InlineData("answers after seconds")]
    [InlineData("answers 503")]
    [InlineData("is limited")]
    [InlineData("resets connections")]
    public async Task Others_arrive_while_one_project(string trouble)
    {
        await using var world = await StartAsync();
        var fault = await world.FaultAsync("orders", FaultOf(trouble));
        await SendAsync(world);

        await OthersArriveAsync(world);
        if (trouble != "answers after seconds")
        {
            // Nothing of it has arrived, and all of it waits: each of the others' items has, once.
            world.Ledger.Expect(OfOrders(world), Fate.Queued);
            await world.Ledger.AssertEveryItemAsync();
        }

        await world.Sentry.RemoveFaultAsync(fault);
        world.Ledger.Expect(world.Ledger.Items, Fate.Delivered);
        await world.SettleAsync();
    }

    [Fact]
    public async Task Others_arrive_while_one_project_is_refused_and_its_data_wait_for_it()
    {
        await using var world = await StartAsync();
        await world.AnswerAsync("orders", 403, count: null, body: """{"code":7,"message":"event submission rejected with_reason: ProjectId"}""");
        await SendAsync(world);

        await OthersArriveAsync(world);

        world.Ledger.Expect(OfOrders(world), Fate.Queued);
        await world.Ledger.AssertEveryItemAsync();
        Assert.InRange(await world.CountAsync("orders", status: 403), 1, 2);
    }

    [Fact]
    public async Task Others_arrive_while_one_project_fills_its_queue_and_its_client_is_told_to_come_back()
    {
        await using var world = await StartAsync("queue: {max_bytes_per_project: 100KiB}");
        var fault = await world.FaultAsync("orders", FaultOf("hangs"));
        var refused = 0;
        while (refused == 0)
        {
            var (_, answer) = await world.OfferAsync("orders", OtlpSignal.Traces, 20, padding: 500);
            refused += answer.IsSuccessStatusCode ? 0 : 1;
            answer.Dispose();
        }

        for (var round = 0; round < Rounds; round++)
        {
            await world.SendAllAsync(Others);
        }

        await OthersArriveAsync(world);
        await world.Sentry.RemoveFaultAsync(fault);
        await world.SettleAsync();
    }

    private Task<FaultWorld> StartAsync(params string[] exporter) =>
        FaultWorld.WithProgramAsync(sentry, new GatewaySettings { Exporter = ["timeout: 10m", "sending_queue: {num_consumers: 4}", .. exporter] }, ["orders", .. Others]);

    private static Fault FaultOf(string trouble)
    {
        var always = new Fault { Path = "**", Count = null };
        return trouble switch
        {
            "hangs" => always with { Hold = FaultPoint.Before },
            "answers after seconds" => always with { DelayBeforeSeconds = 3 },
            "answers 503" => always with { Answer = new FaultAnswer { Status = 503 } },
            "is limited" => always with { Answer = new FaultAnswer { Status = 429, Headers = new Dictionary<string, string> { ["X-Sentry-Rate-Limits"] = "3::project:project_quota" } } },
            _ => always with { Reset = FaultPoint.Before },
        };
    }

    private static IEnumerable<Item> OfOrders(FaultWorld world) => world.Ledger.Items.Where(item => item.Project == world["orders"]);

    private static async Task SendAsync(FaultWorld world)
    {
        for (var round = 0; round < Rounds; round++)
        {
            await world.SendAllAsync(["orders", .. Others]);
            foreach (var name in Others.Append("orders"))
            {
                await world.LogsAsync(name, 2);
            }
        }
    }

    private static Task OthersArriveAsync(FaultWorld world) => FaultWorld.UntilAsync(
        async () =>
        {
            var books = await world.BooksAsync();
            return Others.All(name => books.Sum("items_sent_total", ("project", world[name].Slug)) == world.Ledger.Items.Count(item => item.Project == world[name]));
        },
        "everything of the other projects");
}
