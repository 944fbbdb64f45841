using System.Globalization;
using System.Text;
using SentryOtel.Testing;

namespace SentryOtel.Clients.Soak;

/// <summary>The samples as a table and as a picture, in <c>artifacts/soak</c>.</summary>
internal static class SoakReport
{
    private const int Width = 900;
    private const int Panel = 110;
    private const int Gap = 30;

    /// <summary>Writes both; gives the folder.</summary>
    public static string Write(IReadOnlyList<Sample> samples)
    {
        var folder = RepositoryFiles.PathOf("artifacts/soak");
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "soak.csv"), Table(samples));
        File.WriteAllText(Path.Combine(folder, "soak.svg"), Picture(samples));
        return folder;
    }

    private static string Table(IReadOnlyList<Sample> samples)
    {
        var text = new StringBuilder().AppendJoin(',', SampleSeries.All.Select(series => series.Name)).Append('\n');
        foreach (var sample in samples)
        {
            text.AppendJoin(',', SampleSeries.All.Select(series => series.Value(sample).ToString("0.###", CultureInfo.InvariantCulture))).Append('\n');
        }

        return text.ToString();
    }

    // One panel for each series that must be flat, all with the same time below.
    private static string Picture(IReadOnlyList<Sample> samples)
    {
        var panels = SampleSeries.All.Where(series => series.Bound is not null).ToList();
        var height = panels.Count * (Panel + Gap);
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {Width} {height}\" font-family=\"sans-serif\" font-size=\"13\">\n");
        text.Append(CultureInfo.InvariantCulture, $"<rect width=\"{Width}\" height=\"{height}\" fill=\"#fff\"/>\n");
        for (var i = 0; i < panels.Count; i++)
        {
            var top = (i * (Panel + Gap)) + Gap;
            var values = samples.Select(panels[i].Value).ToList();
            var most = Math.Max(values.Max(), 1);
            var points = values.Select((value, at) => string.Create(
                CultureInfo.InvariantCulture, $"{(double)at * Width / Math.Max(values.Count - 1, 1):0.#},{top + Panel - (value / most * Panel):0.#}"));
            text.Append(CultureInfo.InvariantCulture, $"<text x=\"4\" y=\"{top - 6}\">{panels[i].Name}: {values[0]:N0} at first, {values[^1]:N0} at last, {most:N0} at most</text>\n");
            text.Append(CultureInfo.InvariantCulture, $"<line x1=\"0\" y1=\"{top + Panel}\" x2=\"{Width}\" y2=\"{top + Panel}\" stroke=\"#bbb\"/>\n");
            text.Append("<polyline fill=\"none\" stroke=\"#3b5bdb\" points=\"").AppendJoin(' ', points).Append("\"/>\n");
        }

        return text.Append("</svg>\n").ToString();
    }
}
