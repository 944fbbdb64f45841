using System.IO.Compression;
using SentryOtel.SentryServer.State;
using SentryOtel.SentryServer.Tests.Support;

namespace SentryOtel.SentryServer.Tests.Ingest;

public sealed class AnswerTests
{
    [Theory]
    [InlineData(SuccessStyle.OkWithBody, "application/json", 200, "{}", "application/json")]
    [InlineData(SuccessStyle.OkWithBody, "application/x-protobuf", 200, "", "application/x-protobuf")]
    [InlineData(SuccessStyle.AcceptedEmpty, "application/json", 202, "", null)]
    public async Task Success_is_an_empty_response_in_the_requests_format_or_202(SuccessStyle style, string contentType, int status, string body, string? answeredType)
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { Success = style });

        var answer = await sentry.ExportAsync(contentType: contentType);

        Assert.Equal((status, body, answeredType), (answer.Status, answer.Text, answer.Message.Content.Headers.ContentType?.ToString()));
    }

    [Fact]
    public async Task An_error_for_a_protobuf_request_is_a_protobuf_status()
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.ExportAsync(key: "short");

        var status = Google.Rpc.Status.Parser.ParseFrom(answer.Bytes);
        Assert.Equal((3, "bad sentry DSN public key"), (status.Code, status.Message));
        Assert.Equal("application/x-protobuf", answer.Message.Content.Headers.ContentType?.ToString());
    }

    [Fact]
    public async Task A_415_is_always_json()
    {
        await using var sentry = await TestSentry.StartAsync();

        var answer = await sentry.ExportAsync(change: request => request.Content!.Headers.TryAddWithoutValidation("Content-Encoding", "zstd"));

        Assert.Equal((415, 3), (answer.Status, (int)answer.Json["code"]!));
    }

    [Fact]
    public async Task An_older_server_writes_errors_as_detail_whatever_the_format()
    {
        await using var sentry = await TestSentry.StartAsync(Modes.OldServer);

        var answer = await sentry.ExportAsync(key: "short");

        Assert.Equal("""{"detail":"bad sentry DSN public key","causes":[]}""", answer.Text);
    }

    [Fact]
    public async Task A_reply_is_compressed_for_a_client_that_takes_it()
    {
        await using var sentry = await TestSentry.StartAsync(new Modes { CompressedReplies = true });

        var answer = await sentry.ExportAsync(contentType: "application/json", change: request => request.Headers.TryAddWithoutValidation("Accept-Encoding", "gzip"));

        using var plain = new StreamReader(new GZipStream(new MemoryStream(answer.Bytes), CompressionMode.Decompress));
        Assert.Equal("{}", await plain.ReadToEndAsync(TestContext.Current.CancellationToken));
    }
}
