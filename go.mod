module github.com/mognad/mognad

go 1.26
