using SentryOtel.Gateway.Sending;

namespace SentryOtel.Gateway.Tests.Sending;

public sealed class OutcomeReaderTests
{
    [Theory]
    [InlineData(200, "", false, nameof(SendOutcomeKind.Sent))]
    [InlineData(202, "", false, nameof(SendOutcomeKind.Sent))]
    [InlineData(301, "", false, nameof(SendOutcomeKind.ProjectRejected))]
    [InlineData(400, "invalid", false, nameof(SendOutcomeKind.Invalid))]
    [InlineData(400, "envelope exceeded size limits for type 'integration'", false, nameof(SendOutcomeKind.TooLarge))]
    [InlineData(400, "bad sentry DSN public key", false, nameof(SendOutcomeKind.ProjectRejected))]
    [InlineData(401, "missing authorization information", false, nameof(SendOutcomeKind.ProjectRejected))]
    [InlineData(403, "event submission rejected with_reason: ProjectId", false, nameof(SendOutcomeKind.ProjectRejected))]
    [InlineData(403, "event submission rejected with_reason: FeatureDisabled(OurLogsIngestion)", false, nameof(SendOutcomeKind.Forbidden))]
    [InlineData(403, "event submission rejected with_reason: Cors", false, nameof(SendOutcomeKind.Forbidden))]
    [InlineData(404, "", false, nameof(SendOutcomeKind.ProjectRejected))]
    [InlineData(413, "", false, nameof(SendOutcomeKind.TooLarge))]
    [InlineData(415, "unsupported content type", false, nameof(SendOutcomeKind.Refused))]
    [InlineData(429, "", true, nameof(SendOutcomeKind.RateLimited))]
    [InlineData(429, "", false, nameof(SendOutcomeKind.Transient))]
    [InlineData(500, "", false, nameof(SendOutcomeKind.Transient))]
    [InlineData(503, "failed to queue envelope", false, nameof(SendOutcomeKind.Transient))]
    public void Read_tells_what_an_answer_means(int status, string text, bool isLimited, string expected) =>
        Assert.Equal(expected, OutcomeReader.Read(status, text, isLimited).ToString());
}
