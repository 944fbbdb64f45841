using System.Globalization;
using System.Text;

namespace SentryOtel.Kubernetes.Metrics;

/// <summary>Writes the Prometheus text exposition format 0.0.4.</summary>
internal sealed class ExpositionWriter(StringBuilder output)
{
    public void Header(string name, string? help, string type)
    {
        if (!string.IsNullOrEmpty(help))
        {
            output.Append("# HELP ").Append(name).Append(' ');
            Escape(help, quote: false);
            output.Append('\n');
        }

        output.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    public void Sample(string name, TagSet tags, double value) => Line(name, tags, null, value);

    public void Bucket(string name, TagSet tags, double upperBound, long count) =>
        Line(name + "_bucket", tags, Number(upperBound), count);

    public static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        _ when double.IsNaN(value) => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private void Line(string name, TagSet tags, string? upperBound, double value)
    {
        output.Append(name);
        var separator = '{';
        foreach (var tag in tags.Tags)
        {
            Label(ref separator, MetricName.Label(tag.Key), TagSet.ValueText(tag.Value));
        }

        if (upperBound is not null)
        {
            Label(ref separator, "le", upperBound);
        }

        output.Append(separator == '{' ? " " : "} ").Append(Number(value)).Append('\n');
    }

    private void Label(ref char separator, string key, string value)
    {
        output.Append(separator).Append(key).Append("=\"");
        Escape(value, quote: true);
        output.Append('"');
        separator = ',';
    }

    private void Escape(string text, bool quote)
    {
        foreach (var c in text)
        {
            _ = c switch
            {
                '\\' => output.Append(@"\\"),
                '\n' => output.Append(@"\n"),
                '"' when quote => output.Append("\\\""),
                _ => output.Append(c),
            };
        }
    }
}
