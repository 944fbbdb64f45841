using SentryOtel.Otlp.Grpc;

namespace SentryOtel.Otlp.Tests.Grpc;

public sealed class GrpcTimeoutTests
{
    [Theory]
    [InlineData("1H", 3_600_000)]
    [InlineData("2M", 120_000)]
    [InlineData("10S", 10_000)]
    [InlineData("250m", 250)]
    [InlineData("5000u", 5)]
    [InlineData("7000000n", 7)]
    [InlineData("99999999m", 99_999_999)]
    public void Each_unit_is_read(string header, int milliseconds)
    {
        Assert.True(GrpcTimeout.TryParse(header, out var timeout));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), timeout);
    }

    [Fact]
    public void No_header_means_no_limit()
    {
        Assert.True(GrpcTimeout.TryParse(null, out var timeout));
        Assert.Null(timeout);
    }

    [Theory]
    [InlineData("")]
    [InlineData("S")]
    [InlineData("10")]
    [InlineData("10s")]
    [InlineData("-1S")]
    [InlineData("1.5S")]
    [InlineData("123456789S")]
    public void Anything_else_is_malformed(string header) => Assert.False(GrpcTimeout.TryParse(header, out _));
}
