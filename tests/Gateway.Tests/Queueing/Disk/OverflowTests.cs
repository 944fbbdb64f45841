using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using SentryOtel.Gateway.Telemetry;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.Gateway.Tests.Telemetry;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>Queues that are full while Sentry is down, in memory and on disk: over real sockets, to the last span.</summary>
public sealed class OverflowTests : IDisposable
{
    private const int SpansPerRequest = 20;

    private readonly string _folder = Directory.CreateTempSubdirectory("gateway-overflow-").FullName;

    [Theory]
    [InlineData("memory")]
    [InlineData("disk")]
    public async Task Project_at_its_bound_loses_its_oldest_data_and_takes_the_newest(string storage)
    {
        await using var gateway = await StartAsync($"queue: {{{Storage(storage)}, max_bytes_per_project: 64KiB, overflow: drop_oldest}}", "orders", "shop");
        await gateway.SendTracesAsync(Requests.Traces(("shop", ["small"])));
        var names = new List<string>();
        for (var request = 0; DroppedOf(gateway, "orders") == 0 || request < 40; request++)
        {
            Assert.True(request < 2000, "the queue does not get full");
            names.AddRange(await SendAsync(gateway, "orders", request));
        }

        gateway.Sentry.Faults.Clear();
        await gateway.UntilAsync(() => QueuedIn(gateway) == 0, "everything that is left is sent");

        // Then what arrived and what was dropped is all there was, the newest arrived, and the other project lost nothing
        var arrived = gateway.SpansOf("orders");
        Assert.Equal(names.Count, arrived.Count + DroppedOf(gateway, "orders"));
        Assert.Equal(arrived.Count, arrived.Distinct().Count());
        Assert.Empty(names.TakeLast(SpansPerRequest).Except(arrived));
        Assert.Equal(["small"], gateway.SpansOf("shop"));
    }

    [Theory]
    [InlineData("memory", "512KiB")]
    [InlineData("disk", "16MiB")]
    public async Task Exporter_at_max_bytes_refuses_and_keeps_what_it_took(string storage, string maxBytes)
    {
        await using var gateway = await StartAsync($"queue: {{{Storage(storage)}, max_bytes: {maxBytes}, max_bytes_per_project: {maxBytes}}}", "orders", "shop");
        var (names, refused) = await FillAsync(gateway);

        Assert.Equal(HttpStatusCode.TooManyRequests, refused);
        Assert.Equal(names.Count, QueuedIn(gateway));
        var scrape = Exposition.Parse(await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/metrics"), TestContext.Current.CancellationToken));
        Assert.Equal(SpansPerRequest, scrape.Sum("sentry_otel_gateway_items_refused_total", ("reason", "queue_full")));
        gateway.Sentry.Faults.Clear();
        await gateway.UntilAsync(() => QueuedIn(gateway) == 0, "everything is sent");
        Assert.Equal(names.Order(StringComparer.Ordinal), gateway.SpansOf("orders").Concat(gateway.SpansOf("shop")).Order(StringComparer.Ordinal));

        // And there is room again
        await gateway.SendTracesAsync(Requests.Traces(("orders", ["after"])));
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Contains("after"), "what came after");
    }

    [Theory]
    [InlineData("memory", "512KiB", 100)]
    [InlineData("disk", "16MiB", 1500)]
    public async Task Exporter_at_max_bytes_loses_the_oldest_where_it_is_told_to(string storage, string maxBytes, int requests)
    {
        await using var gateway = await StartAsync(
            $"queue: {{{Storage(storage)}, max_bytes: {maxBytes}, max_bytes_per_project: {maxBytes}, overflow: drop_oldest}}", "orders", "shop");
        var names = new List<string>();
        for (var request = 0; request < requests || DroppedOf(gateway, "orders") + DroppedOf(gateway, "shop") == 0; request++)
        {
            Assert.True(request < 10_000, "the queue does not get full");
            names.AddRange(await SendAsync(gateway, request % 2 == 0 ? "orders" : "shop", request));
        }

        gateway.Sentry.Faults.Clear();
        await gateway.UntilAsync(() => QueuedIn(gateway) == 0, "everything that is left is sent");
        var arrived = gateway.SpansOf("orders").Concat(gateway.SpansOf("shop")).ToList();
        Assert.Equal(names.Count, arrived.Count + DroppedOf(gateway, "orders") + DroppedOf(gateway, "shop"));
        Assert.Empty(names.TakeLast(SpansPerRequest).Except(arrived));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static async Task<LiveGateway> StartAsync(string exporter, params string[] projects)
    {
        var gateway = await LiveGateway.StartAsync(exporter, projects: projects);

        // Given an outage of Sentry's
        gateway.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });
        return gateway;
    }

    private static async Task<(List<string> Names, HttpStatusCode Refused)> FillAsync(LiveGateway gateway)
    {
        var names = new List<string>();
        for (var request = 0; request < 10_000; request++)
        {
            var service = request % 2 == 0 ? "orders" : "shop";
            var spans = Names(service, request);
            using var response = await gateway.PostAsync("/v1/traces", Requests.Traces((service, spans)));
            if (response.StatusCode != HttpStatusCode.OK)
            {
                Assert.True(response.Headers.RetryAfter?.Delta > TimeSpan.Zero, "no Retry-After");
                return (names, response.StatusCode);
            }

            names.AddRange(spans);
        }

        throw new InvalidOperationException("The queue does not get full.");
    }

    private static async Task<string[]> SendAsync(LiveGateway gateway, string service, int request)
    {
        var names = Names(service, request);
        var body = Requests.Traces((service, names));

        // What is on its way is never dropped: while that is all there is, the client is told to come again.
        await Eventually.HoldsAsync(
            async () =>
            {
                using var response = await gateway.PostAsync("/v1/traces", body);
                Assert.True(response.StatusCode is HttpStatusCode.OK or HttpStatusCode.TooManyRequests, $"{response.StatusCode}");
                return response.StatusCode == HttpStatusCode.OK;
            },
            LiveGateway.Patience,
            "the gateway takes the data",
            TestContext.Current.CancellationToken);
        return names;
    }

    // A kilobyte each, that does not compress to nothing.
    private static string[] Names(string service, int request) =>
    [
        .. Enumerable.Range(0, SpansPerRequest).Select(span =>
            string.Create(CultureInfo.InvariantCulture, $"{service}-{request:D5}-{span:D3}-") + Convert.ToHexString(RandomNumberGenerator.GetBytes(512))),
    ];

    private static long DroppedOf(LiveGateway gateway, string project) =>
        gateway.Host.Accounts.Of("sentry", SentryOtel.Otlp.OtlpSignal.Traces, project).Read().DroppedFor(DropReason.Overflow);

    private static long QueuedIn(LiveGateway gateway) => gateway.Host.Accounts.All.Sum(account => account.Read().Queued);

    private string Storage(string storage) => storage == "disk" ? $"storage: disk, directory: '{_folder}', fsync: false" : "storage: memory";
}
