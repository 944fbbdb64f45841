using SentryOtel.Operator.Traffic;

namespace SentryOtel.Operator.Tests.Traffic;

public sealed class RoundingTests
{
    [Theory]
    [InlineData(0, 0)]
    [InlineData(1, 1)]
    [InlineData(999, 999)]
    [InlineData(1000, 1000)]
    [InlineData(1049, 1000)]
    [InlineData(1050, 1100)]
    [InlineData(9949, 9900)]
    [InlineData(9950, 10_000)]
    [InlineData(99_500, 100_000)]
    [InlineData(123_456_789, 120_000_000)]
    [InlineData(long.MaxValue, 9_200_000_000_000_000_000)]
    public void Counts_have_two_digits_from_a_thousand_on(long count, long rounded) => Assert.Equal(rounded, Rounding.Of(count));

    [Fact]
    public void What_is_larger_never_looks_smaller()
    {
        var random = new Random(7);
        for (var i = 0; i < 100_000; i++)
        {
            var less = random.NextInt64(0, 1L << random.Next(1, 62));
            var more = less + random.NextInt64(0, 1L << random.Next(1, 40));
            Assert.True(Rounding.Of(less) <= Rounding.Of(more), $"{less} {more}");
        }
    }

    [Fact]
    public void Times_are_of_the_minute_that_has_begun() => Assert.Equal(
        new DateTimeOffset(2026, 1, 2, 3, 4, 0, TimeSpan.Zero),
        Rounding.Of(new DateTimeOffset(2026, 1, 2, 5, 4, 59, 999, TimeSpan.FromHours(2))));
}
