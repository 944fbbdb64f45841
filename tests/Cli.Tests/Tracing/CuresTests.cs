using SentryOtel.Cli.Tracing;

namespace SentryOtel.Cli.Tests.Tracing;

public sealed class CuresTests
{
    [Theory]
    [InlineData("ExporterNotFound", "Create it, or name another in a new route.")]
    [InlineData("MaxAutoCreatedReached", "Raise projects.maxAutoCreated, or create the project.")]
    [InlineData("InvalidToken", "Put another token into the Secret that authTokenSecretRef names.")]
    public void The_cure_of_a_reason_is_that_of_the_document(string reason, string cure) => Assert.Equal(cure, Cures.For(reason));

    [Theory]
    [InlineData(null)]
    [InlineData("Ready")]
    [InlineData("RateLimitEnded")]
    public void What_needs_no_cure_has_none(string? reason) => Assert.Null(Cures.For(reason));
}
