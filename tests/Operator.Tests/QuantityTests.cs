using SentryOtel.Operator.Manifests;

namespace SentryOtel.Operator.Tests;

public sealed class QuantityTests
{
    [Theory]
    [InlineData("1h30m", 5_400_000)]
    [InlineData("1.5s", 1_500)]
    [InlineData("300ms", 300)]
    [InlineData("0s", 0)]
    public void Durations_are_read_as_Go_writes_them(string text, int milliseconds) =>
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), GoDuration.Parse(text));

    [Theory]
    [InlineData("10")]
    [InlineData("s")]
    [InlineData("5 s")]
    [InlineData("1d")]
    public void What_is_no_duration_is_refused(string text) => Assert.Throws<FormatException>(() => GoDuration.Parse(text));

    [Theory]
    [InlineData("1024", 1024)]
    [InlineData("2Ki", 2048)]
    [InlineData("3M", 3_000_000)]
    [InlineData("1Gi", 1_073_741_824)]
    public void Sizes_are_read_as_Kubernetes_writes_them(string text, long bytes) => Assert.Equal(bytes, Quantity.Bytes(text));

    [Theory]
    [InlineData("")]
    [InlineData("Mi")]
    [InlineData("1Zi")]
    [InlineData("-1")]
    public void What_is_no_size_is_refused(string text) => Assert.Throws<FormatException>(() => Quantity.Bytes(text));
}
