using System.Net;
using System.Net.Http.Headers;
using Google.Protobuf;
using OpenTelemetry.Proto.Collector.Trace.V1;
using SentryOtel.Gateway.Tests.Receiving;
using SentryOtel.Gateway.Tests.Support;

namespace SentryOtel.Gateway.Tests.EndToEnd;

/// <summary>From a client's request to what Sentry receives: nothing that Sentry would lose, and nothing else is missing.</summary>
public sealed class RecordCheckTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_client_hears_what_Sentry_would_have_lost_and_the_rest_arrives(bool gzip)
    {
        await using var gateway = await LiveGateway.StartAsync(projects: ["orders"]);
        var request = ExportTraceServiceRequest.Parser.ParseFrom(Requests.Traces(("orders", ["a", "b", "c"])));
        request.ResourceSpans[0].ScopeSpans[0].Spans[1].SpanId = ByteString.Empty;
        var body = gzip ? SampleTelemetry.Gzip(request.ToByteArray()) : request.ToByteArray();
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/x-protobuf");
        if (gzip)
        {
            content.Headers.ContentEncoding.Add("gzip");
        }

        using var response = await gateway.Client.PostAsync(new Uri(gateway.Http, "/v1/traces"), content, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        var partial = ExportTraceServiceResponse.Parser.ParseFrom(await response.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken)).PartialSuccess;
        Assert.Equal(1, partial.RejectedSpans);
        Assert.Contains("invalid trace id, span id", partial.ErrorMessage, StringComparison.Ordinal);
        await gateway.UntilAsync(() => gateway.SpansOf("orders").Count >= 2, "two spans at Sentry");
        Assert.Equal(["a", "c"], gateway.SpansOf("orders"));
        var metrics = await gateway.Client.GetStringAsync(new Uri(gateway.Host.MetricsAddress!, "/metrics"), TestContext.Current.CancellationToken);
        Assert.Contains(metrics.Split('\n'), line => line.Contains("rejected", StringComparison.Ordinal) && line.Contains("reason=\"invalid_id\"", StringComparison.Ordinal) && line.EndsWith(" 1", StringComparison.Ordinal));
        Assert.Contains("receiver_renewals", metrics, StringComparison.Ordinal);
    }
}
