using System.Net;
using SentryOtel.Gateway.Faults.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Faults.Ingest;

/// <summary>A container's memory, and not a word about it in the configuration: the program and what it takes for requests and queues fit into it together.</summary>
public sealed class ContainerMemoryTests(SentryProcess sentry) : IClassFixture<SentryProcess>
{
    private const long ContainerMiB = 256;

    // In a container .NET takes three quarters for its heap; told so, it does the same anywhere.
    private const long HeapMiB = ContainerMiB * 3 / 4;

    // Mapped code is not measured, since a debug build's is not what ships; what an idle gateway may take has to fit beside the data.
    private const long DataMiB = ContainerMiB - 40;

    [Theory]
    [InlineData("answers 503")]
    [InlineData("hangs")]
    public async Task Given_no_limit_but_the_containers_when_Sentry_is_away_then_clients_are_told_to_come_back_and_memory_stays_within_it(string outage)
    {
        var settings = new GatewaySettings
        {
            Exporter = ["timeout: 10s", "queue: {max_bytes_per_project: 1GiB}"],
            Environment = new Dictionary<string, string> { ["DOTNET_GCHeapHardLimit"] = $"{HeapMiB << 20:X}" },
        };
        await using var world = await FaultWorld.WithProgramAsync(sentry, settings, "orders");
        var fault = await world.Sentry.FaultAsync(outage == "hangs"
            ? new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Hold = FaultPoint.Before }
            : new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });

        // Three times what there is room for, in requests of half a MiB, from more clients than there are cores.
        var refused = 0;
        await Parallel.ForEachAsync(Enumerable.Range(0, 600), new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = TestContext.Current.CancellationToken }, async (_, _) =>
        {
            var (_, answer) = await world.OfferLogsAsync("orders", 8, ballast: 512 * 1024);
            using (answer)
            {
                if (answer.StatusCode != HttpStatusCode.OK)
                {
                    Assert.Equal(HttpStatusCode.TooManyRequests, answer.StatusCode);
                    Assert.InRange(answer.Headers.RetryAfter!.Delta!.Value, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(60));
                    Interlocked.Increment(ref refused);
                }
            }
        });

        Assert.NotEqual(0, refused);
        var books = await world.BooksAsync();
        Assert.InRange(books.Sum("admission_limit_bytes") >> 20, 1, HeapMiB / 2);
        Assert.InRange(books.Sum("admission_reserved_bytes"), 1, books.Sum("admission_limit_bytes"));
        await world.Sentry.RemoveFaultAsync(fault);
        await world.SettleAsync();
        Assert.InRange(((GatewayProcess)world.Gateway).PeakMemory >> 20, 1, DataMiB);
    }
}
