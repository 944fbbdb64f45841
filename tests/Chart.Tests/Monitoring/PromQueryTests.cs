namespace SentryOtel.Chart.Tests.Monitoring;

public sealed class PromQueryTests
{
    [Theory]
    [InlineData("up", "up()")]
    [InlineData("sum by (a, b) (rate(x_total{c=~\"d|e\", f!=\"g\"}[5m])) > 0.8", "x_total(a,b,c,f)")]
    [InlineData("max(x{a=\"}b(\"} / y) or vector(0)", "x(a) y()")]
    [InlineData("sum by (a) (x unless x offset 10m)\nunless on (b)\nsum by (c) (z)", "x(a,b) x(b) z(b,c)")]
    [InlineData("sum by (a) (rate(x[5m]) and on (b) y{c=\"d\"})", "x(a,b) y(b,c)")]
    [InlineData("histogram_quantile(0.99, sum by (le) (rate(d_bucket{n=~\"$n\"}[$__rate_interval])))", "d_bucket(le,n)")]
    public void Metrics_and_the_labels_that_are_asked_of_them(string expression, string expected)
    {
        Assert.Equal(expected, string.Join(' ', PromQuery.Read(expression).Select(static asked => $"{asked.Metric}({string.Join(',', asked.Labels.Order(StringComparer.Ordinal))})")));
    }
}
