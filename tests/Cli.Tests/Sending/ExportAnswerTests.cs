using SentryOtel.Cli.Sending;

namespace SentryOtel.Cli.Tests.Sending;

public sealed class ExportAnswerTests
{
    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("""{"partialSuccess":{}}""")]
    [InlineData("""{"partialSuccess":{"rejectedSpans":"0","errorMessage":"a warning"}}""")]
    public void An_empty_answer_means_taken(string body) => Assert.Null(ExportAnswer.OfSuccess(System.Text.Encoding.UTF8.GetBytes(body)).Refusal);

    [Theory]
    [InlineData("""{"partialSuccess":{"rejectedSpans":"1","errorMessage":"no SentryProjectRoute"}}""")]
    [InlineData("""{"partialSuccess":{"rejectedLogRecords":1,"errorMessage":"no SentryProjectRoute"}}""")]
    public void A_rejected_item_is_not_taken(string body) =>
        Assert.EndsWith("no SentryProjectRoute", ExportAnswer.OfSuccess(System.Text.Encoding.UTF8.GetBytes(body)).Refusal, StringComparison.Ordinal);

    [Fact]
    public void A_failure_is_told_in_the_gateways_words()
    {
        var answer = ExportAnswer.OfFailure(401, """{"code":16,"message":"a token is missing"}""");

        Assert.Equal("status 401: a token is missing", answer.Refusal);
        Assert.Contains("--bearer-token-file", answer.Cure, StringComparison.Ordinal);
    }

    [Fact]
    public void A_page_of_a_proxy_is_told_as_it_is() => Assert.Equal("status 502: <html>", ExportAnswer.OfFailure(502, "<html>").Refusal);
}
