using System.Globalization;
using System.IO.Compression;
using System.Net;
using System.Net.Http.Headers;
using SentryOtel.Gateway.Tests.Reloading;
using SentryOtel.Gateway.Tests.Support;
using SentryOtel.SentryServer.Faults;
using SentryOtel.SentryServer.State;

namespace SentryOtel.Gateway.Tests.Queueing.Disk;

/// <summary>Requests that came compressed, on disk.</summary>
public sealed class CompressedRecordTests : IDisposable
{
    private const int Spans = 2000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("gateway-compressed-");

    [Theory]
    [InlineData("gzip")]
    [InlineData("none")]
    public async Task Request_of_one_service_is_kept_as_it_came_and_sent_whole_after_a_restart(string compression)
    {
        await using var rig = await ReloadRig.StartAsync(rig => Yaml(rig, compression), "orders");
        rig.Sentry.Faults.Enqueue(new Fault { Path = "**", Side = ServerSide.Ingest, Count = null, Answer = new FaultAnswer { Status = 503 } });
        var request = Requests.Spans("orders", Spans);
        await PostAsync(rig, request);
        Assert.InRange(rig.Host.Exporters[0].Disk!.UsedBytes, 1, request.Length / 2);

        await rig.RestartAsync(() => rig.Sentry.Faults.Clear());
        await rig.UntilAsync(() => rig.Sentry.State.Received.Spans("orders").Length == Spans, "all spans");
        Assert.Equal(Requests.SpanNames(request).Order(StringComparer.Ordinal), rig.Sentry.State.Received.Spans("orders").Select(span => span.Name).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Request_of_several_services_is_cut_first()
    {
        await using var rig = await ReloadRig.StartAsync(rig => Yaml(rig, "gzip"), "orders", "shop");
        await PostAsync(rig, Requests.Traces(("orders", ["a"]), ("shop", ["b"])));

        await rig.UntilReceivedAsync("orders", "a");
        await rig.UntilReceivedAsync("shop", "b");
        Assert.Equal(2, rig.Sentry.State.Received.Spans().Length);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task PostAsync(ReloadRig rig, byte[] request)
    {
        using var body = new MemoryStream();
        using (var gzip = new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true))
        {
            gzip.Write(request);
        }

        using var content = new ByteArrayContent(body.ToArray());
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        content.Headers.ContentEncoding.Add("gzip");
        using var response = await rig.Client.PostAsync(
            new Uri(string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{rig.Port}/v1/traces")), content, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    private string Yaml(ReloadRig rig, string compression) => rig
        .Yaml($"http: {{compression: {compression}}}\n    retry_on_failure: {{initial_interval: 20ms, max_interval: 100ms}}\n    queue: {{storage: disk, directory: '{_folder.FullName}', max_bytes: 16MiB}}")
        .Replace("drain_timeout: 10s", "drain_timeout: 100ms", StringComparison.Ordinal);
}
