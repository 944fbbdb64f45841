using SentryOtel.Gateway.Configuration.Values;

namespace SentryOtel.Gateway.Tests.Configuration;

public sealed class ValueTests
{
    [Theory]
    [InlineData("30s", 30_000)]
    [InlineData("1m30s", 90_000)]
    [InlineData("200ms", 200)]
    [InlineData("1.5h", 5_400_000)]
    [InlineData("0", 0)]
    [InlineData("-2s", -2000)]
    public void Duration_is_read_as_Go_reads_it(string text, double milliseconds)
    {
        Assert.True(GoDuration.TryParse(text, out var duration));
        Assert.Equal(milliseconds, duration.TotalMilliseconds);
    }

    [Theory]
    [InlineData("")]
    [InlineData("30")]
    [InlineData("s")]
    [InlineData("30 s")]
    [InlineData("3d")]
    [InlineData("1m30")]
    [InlineData("99999999999h")]
    public void Duration_without_a_unit_or_with_an_unknown_one_is_refused(string text) => Assert.False(GoDuration.TryParse(text, out _));

    [Theory]
    [InlineData("0.0.0.0:4317", "0.0.0.0", 4317)]
    [InlineData("[::]:4318", "::", 4318)]
    [InlineData("fd00::1:4317", "fd00::1", 4317)]
    [InlineData("localhost:0", "localhost", 0)]
    [InlineData(":4317", "", 4317)]
    public void Endpoint_is_read(string text, string host, int port)
    {
        Assert.True(ListenEndpoint.TryParse(text, out var endpoint));
        Assert.Equal(new ListenEndpoint(host, port), endpoint);
    }

    [Theory]
    [InlineData("4317")]
    [InlineData("0.0.0.0:")]
    [InlineData("0.0.0.0:65536")]
    [InlineData("example.com:4317")]
    [InlineData("http://0.0.0.0:4317")]
    public void Endpoint_that_can_not_be_listened_on_is_refused(string text) => Assert.False(ListenEndpoint.TryParse(text, out _));

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("16MiB", 16 * 1024 * 1024)]
    [InlineData("1.5 KiB", 1536)]
    [InlineData("2GB", 2_000_000_000)]
    [InlineData("64Mi", 64 * 1024 * 1024)]
    public void Size_is_read(string text, long bytes)
    {
        Assert.True(ByteSize.TryParse(text, out var size));
        Assert.Equal(bytes, size);
    }

    [Fact]
    public void Secret_never_prints_itself() => Assert.Equal("[REDACTED]", $"{new Secret("sntryi_1")}");
}
