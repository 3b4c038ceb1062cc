// Prints a figure, how many figures its series has, and the title of its citation.
package main

import (
	"context"
	"encoding/json"
	"log"
	"os"

	"client/onrecord"
)

func main() {
	url, id := os.Args[1], os.Args[2]
	configuration := onrecord.NewConfiguration()
	configuration.Servers = onrecord.ServerConfigurations{{URL: url}}
	client, ctx := onrecord.NewAPIClient(configuration), context.Background()

	figure, _, err := client.FiguresAPI.GetFigure(ctx, id).Execute()
	check(err)
	record := figure.Data
	// The generator cannot send values that may be an enum or a text, such as those of qualifier.
	list, _, err := client.FiguresAPI.ListFigures(ctx).Series([]string{record.Series}).Execute()
	check(err)
	citation, _, err := client.FiguresAPI.CiteFigure(ctx, id).Execute()
	check(err)

	check(json.NewEncoder(os.Stdout).Encode(map[string]any{
		"value":     record.Value.Get(),
		"qualifier": record.Qualifier,
		"as_of":     record.AsOf.Edtf,
		"source":    record.Source,
		"in_series": list.Total.Get(),
		"cited":     citation[0].Title,
	}))
}

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}
