using System.Globalization;
using System.Net;
using SentryOtel.Cluster.Processes;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;
using SentryOtel.Testing;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>The built program on a disk that is damaged or full.</summary>
[Trait("Category", "Processes")]
public sealed class DiskFaultTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task Damaged_segment_is_set_aside_and_everything_intact_is_sent()
    {
        await using var gateway = await DiskProcess.NewAsync(projects: ["orders"]);
        gateway.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });
        await gateway.StartAsync();
        foreach (var name in (string[])["a", "to-be-damaged", "c"])
        {
            Assert.Equal(HttpStatusCode.OK, await gateway.PostAsync(Requests.Traces(("orders", [name]))));
        }

        await gateway.KillAsync();
        var segment = Assert.Single(Directory.GetFiles(gateway.Files, "*.seg"));
        var bytes = await File.ReadAllBytesAsync(segment, TestContext.Current.CancellationToken);
        bytes[bytes.AsSpan().IndexOf("to-be-damaged"u8)] ^= 1;
        await File.WriteAllBytesAsync(segment, bytes, TestContext.Current.CancellationToken);
        gateway.Sentry.Faults.Clear();
        await gateway.StartAsync();

        await Eventually.HoldsAsync(
            () => gateway.Arrived().Order().SequenceEqual(["a", "c"]), Patience, "what is intact has arrived", TestContext.Current.CancellationToken);
        await Eventually.HoldsAsync(
            () => Directory.GetFiles(gateway.Files, "*.bad").Length == 1, Patience, "the segment is set aside", TestContext.Current.CancellationToken);
        Assert.Contains("is damaged", gateway.LogText, StringComparison.Ordinal);
        Assert.Contains("sentry_otel_gateway_queue_disk_lost_records_total{exporter=\"sentry\"} 1", await gateway.MetricsAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Full_volume_refuses_and_loses_nothing_that_was_acknowledged()
    {
        var volume = Directory.CreateTempSubdirectory("gateway-tmpfs-").FullName;
        var mounted = await CommandAsync("mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", volume);
        Assert.SkipUnless(mounted, "A volume of one megabyte could not be mounted: that takes root and the right to mount.");
        try
        {
            await using var gateway = await DiskProcess.NewAsync(volume, "orders");
            gateway.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });
            await gateway.StartAsync();
            var acknowledged = new List<string>();
            HttpStatusCode? answer;
            for (var i = 0; (answer = await gateway.PostAsync(Requests.Spans("orders", 300, Prefix(i)))) == HttpStatusCode.OK; i++)
            {
                acknowledged.AddRange(Enumerable.Range(0, 300).Select(span => string.Create(CultureInfo.InvariantCulture, $"{Prefix(i)}-{span}")));
                Assert.True(i < 1000, "the volume does not get full");
            }

            Assert.Equal(HttpStatusCode.TooManyRequests, answer);
            await gateway.KillAsync();
            gateway.Sentry.Faults.Clear();
            await gateway.StartAsync();
            await Eventually.HoldsAsync(
                () => gateway.Arrived().ToHashSet().IsSupersetOf(acknowledged), Patience, "everything acknowledged has arrived", TestContext.Current.CancellationToken);

            // What was sent gave its room back.
            await Eventually.HoldsAsync(
                async () => await gateway.PostAsync(Requests.Spans("orders", 300, "after")) == HttpStatusCode.OK, Patience, "data are taken again", TestContext.Current.CancellationToken);
        }
        finally
        {
            Assert.True(await CommandAsync("umount", volume));
            Directory.Delete(volume);
        }

        static string Prefix(int request) => string.Create(CultureInfo.InvariantCulture, $"request-{request}");
    }

    private static async Task<bool> CommandAsync(params string[] command)
    {
        var log = Path.GetTempFileName();
        try
        {
            var program = Array.Find([$"/bin/{command[0]}", $"/usr/bin/{command[0]}"], File.Exists);
            if (program is null)
            {
                return false;
            }

            await using var process = LocalProcess.Start(program, command[1..], log);
            return await process.Exited == 0;
        }
        finally
        {
            File.Delete(log);
        }
    }
}
