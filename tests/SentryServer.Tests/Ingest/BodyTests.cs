using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Ingest;

public sealed class BodyTests
{
    [Theory]
    [InlineData("application/x-protobuf", 200)]
    [InlineData("Application/X-Protobuf", 200)]
    [InlineData("application/json", 200)]
    [InlineData("application/json; charset=utf-8", 415)]
    [InlineData("application/protobuf", 415)]
    [InlineData("", 415)]
    public async Task The_content_type_is_compared_as_a_whole(string contentType, int status)
    {
        await using var sentry = await TestSentry.StartAsync();

        Assert.Equal(status, (await sentry.ExportAsync(contentType: contentType)).Status);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("deflate")]
    [InlineData("br")]
    public async Task A_compressed_body_is_decoded(string encoding)
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.ExportAsync(body: Otlp.Compress(encoding, Otlp.Traces("orders", "GET /")), change: WithEncoding(encoding));

        Assert.Equal(200, answer.Status);
        Assert.Equal("GET /", Assert.Single(sentry.State.Received.Spans("orders")).Name);
    }

    [Theory]
    [InlineData("zstd", 415)]
    [InlineData("lzma", 415)]
    [InlineData("gzip, br", 415)]
    [InlineData("gzip", 400)]
    [InlineData("utf-8", 200)]
    public async Task An_encoding_that_is_not_decoded_is_415_and_a_broken_one_400(string encoding, int status)
    {
        await using var sentry = await TestSentry.StartAsync();

        Assert.Equal(status, (await sentry.ExportAsync(change: WithEncoding(encoding))).Status);
    }

    [Theory]
    [InlineData(false, false, 413)]
    [InlineData(false, true, 413)]
    [InlineData(true, false, 400)]
    public async Task A_body_above_the_limit_after_decompression_is_refused(bool oldServer, bool compressed, int status)
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { MaxBodyBytes = 1000, SizeErrorsAreBadRequests = oldServer });
        var body = Otlp.Traces("orders", new string('n', 1000));

        var answer = await sentry.ExportAsync(body: compressed ? Otlp.Compress("gzip", body) : body, change: compressed ? WithEncoding("gzip") : null);

        Assert.Equal(status, answer.Status);
        Assert.Equal(oldServer, answer.Text.Contains("envelope exceeded size limits", StringComparison.Ordinal));
        Assert.Empty(sentry.State.Received.Totals());
    }

    private static Action<HttpRequestMessage> WithEncoding(string encoding) => request => request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", encoding);
}
