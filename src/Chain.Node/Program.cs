using System.Text;
using Chain.Node;
using Chain.Node.Commands;

// .NET's console, with its encodings and its terminal, takes four milliseconds to make: what is answered before has no need of it.
if (QuickBalance.TryRun(args)) return 0;

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
StandardStream.Use();
return await CommandLine.RunAsync(args, Console.Out, Console.Error, TimeProvider.System, CancellationToken.None);
